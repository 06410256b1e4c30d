"""`make leave-mxnet`: a net that MXNet trained arrives in PyTorch and JAX, by files.

    python examples/leave_mxnet.py

On the old machine, which this process plays, a Gluon net is trained on Fashion-MNIST,
exported by MXNet itself, and what it gives for 1,000 test images is recorded by the
program that `netspec record` prints. The new machine is another process, in which MXNet
cannot be imported: it has the files alone. It imports them, compares every backend with
what was recorded, writes the sources, and the page that proves it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
from rich.console import Console

import data
import demo
import netspec
from certified import accuracy, table, write
from fashion_mnist import natural
from netspec import NetspecError
from netspec.certificates import Certificate
from netspec.importing import Imported
from trainers import companion
from training import Report, Settings

FOLDER = Path("out/leave_mxnet")
SHAPE = (1, data.SIDE, data.SIDE)
RECORDED = 1000  # test images, of which is recorded what MXNet gives
TARGETS = {"torch": "PyTorch", "jax": "JAX"}
GRAPH, ARRAYS = "model-symbol.json", "model-0000.params"  # as block.export names them
SEED = 0


def main() -> int:
    """Exit code: 0 arrived, 1 something disagrees, 2 bad input, 130 interrupted."""
    args = arguments()
    try:
        if args.arrive:
            return arrive(args.output)
        leave(args.output, args.data, args.epochs)
        command = [sys.executable, __file__, "-o", args.output, "--arrive"]
        return subprocess.run(command, check=False).returncode
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--epochs", type=natural, default=3)
    parser.add_argument("--data", type=Path, help="folder of the four .gz files")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=FOLDER,
        help="folder of all that is written",
    )
    parser.add_argument(
        "--arrive", action="store_true", help="be the new machine alone"
    )
    return parser.parse_args()


# The old machine: MXNet


def leave(folder: Path, images: Path | None, epochs: int) -> None:
    """Train, export by MXNet alone, and record what the net gives.

    Raises:
        NetspecError: MXNet is not installed, or the images cannot be read.
    """
    netspec.backend("gluon")  # lets MXNet run on the Python and NumPy of today
    gluon = companion("gluon_net")
    held = data.load(images).reshaped(SHAPE)
    folder.mkdir(parents=True, exist_ok=True)
    print(f"On the old machine: a Gluon net, and {held.name}\n")
    settings = Settings(epochs=epochs, lr=2e-3, seed=SEED, adam=True)
    with Report("gluon", settings, len(held.train_y)) as report:
        gluon.trained(held, settings, report).export(str(folder / "model"))
    np.save(folder / "images.npy", held.test_x[:RECORDED])
    np.save(folder / "labels.npy", held.test_y[:RECORDED])
    record(folder)


def record(folder: Path) -> None:
    """Run the program that `netspec record` prints, which knows nothing of netspec.

    Raises:
        NetspecError: it fails.
    """
    program = folder / "record.py"
    demo.run(f"netspec record mxnet --example {shape_text()} -o {program}")
    command = [sys.executable, "-c", OLD_PYTHON, program.name, "images.npy"]
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        (*_, last) = ran.stderr.strip().splitlines() or ["without a word"]
        raise NetspecError(f"{program}: ended with code {ran.returncode}: {last}")


# Only because MXNet 1.9.1 is older than the NumPy of this environment
OLD_PYTHON = """
import runpy, sys
import netspec_gluon
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def shape_text() -> str:
    """Return the shape of an image as the command line takes it."""
    return ",".join(map(str, SHAPE))


# The new machine: no MXNet


def arrive(folder: Path) -> int:
    """Import, certify, export; 0 where everything agrees, else 1.

    Raises:
        NetspecError: a file cannot be read, or a framework is missing.
    """
    forget_mxnet()
    found = netspec.importing.mxnet(folder / GRAPH, folder / ARRAYS, SHAPE)
    net = folder / "net.safetensors"
    found.save(net)
    print(
        "\nOn the new machine, where MXNet cannot be imported, from its files alone\n"
    )
    made = netspec.certify(
        None,
        found.spec,
        found.params,
        found.names,
        inputs=folder / "x.npz",
        outputs=folder / "y.npz",
        backends=list(TARGETS),
        notes=found.notes,
    )
    say(made, found, folder)
    for name in TARGETS:
        command = (
            f"netspec export {net} \\\n      --to {name} -o {folder}/net_{name}.py"
        )
        print(f"\n$ {command}", flush=True)
        demo.run(command)
    write(made, folder)
    return 0 if made.passed else 1


def say(made: Certificate, found: Imported, folder: Path) -> None:
    """Print a row for what was recorded, and one for each framework."""
    x, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy")
    right = {
        name: accuracy(netspec.backend(name), found.spec, found.params, x, labels)
        for name in TARGETS
    }
    with np.load(folder / "y.npz") as recorded:
        chosen = recorded["float32.evaluation.output"].argmax(axis=1)
    right["recorded"] = float((chosen == labels).mean())
    names = {"recorded": "MXNet, recorded"} | TARGETS
    Console(highlight=False).print(table(made, names, {"accuracy": right}))


def forget_mxnet() -> None:
    """Be a machine without MXNet: it is neither to be imported nor installed."""
    known = metadata.Distribution.from_name

    def from_name(name: str) -> metadata.Distribution:
        if name == "mxnet":
            raise metadata.PackageNotFoundError(name)
        return known(name)

    sys.modules["mxnet"] = None  # type: ignore[assignment]
    metadata.Distribution.from_name = from_name  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
