"""Train a spec on Fashion-MNIST in the framework of your choice, or in all of them.

    python examples/fashion_mnist.py examples/specs/mlp.yaml --backend torch
    python examples/fashion_mnist.py examples/specs/mlp.yaml --backend all

The spec becomes the framework's own model, which starts from portable weights (the
same in every framework), is trained on the same batches by the framework's own
optimizer, and is saved together with its spec in one safetensors file. With all of
them, it is also measured how far they are apart where nothing is random, and the curves
are drawn.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import data
import lockstep
import netspec
from netspec import NetspecError
from trainers import TRAINERS, Task, Training, companion, train, usable
from training import Settings

ALL = "all"
WEIGHTS = ".safetensors"


def main() -> int:
    """Exit code: 0 trained, 2 bad input, 130 interrupted."""
    try:
        run(arguments())
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; no file was left half-written", file=sys.stderr)
        return 130
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    default = Settings()
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("spec", type=Path, help="YAML or JSON file of the model")
    parser.add_argument("--backend", choices=[*TRAINERS, ALL], default="torch")
    parser.add_argument("--epochs", type=natural, default=default.epochs)
    parser.add_argument("--batch", type=natural, default=default.batch)
    parser.add_argument("--lr", type=positive, default=default.lr)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--data", type=Path, help="folder of the four .gz files")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path(f"weights{WEIGHTS}"),
        help=f"where the weights go; with --backend {ALL}, a.safetensors stands for"
        " a.torch.safetensors and so on, and the picture a.png",
    )
    return parser.parse_args()


def natural(text: str) -> int:
    """Read an integer from 1 on."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def positive(text: str) -> float:
    """Read a finite number above 0."""
    if not 0 < (number := float(text)) < math.inf:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> None:
    """Train and save, in one framework or in all.

    Raises:
        NetspecError: the spec, the data, the backend or the output cannot be used.
    """
    spec = netspec.load(args.spec)
    settings = Settings(args.epochs, args.batch, args.lr, args.seed)
    check_output(args.output)
    params = netspec.init_params(spec, settings.seed)
    task = Task(spec, params, read_images(spec, args.data, settings), settings)
    if args.backend == ALL:
        run_all(task, args.output)
    else:
        save(args.output, spec, train(args.backend, task))


def run_all(task: Task, output: Path) -> None:
    """Compare the frameworks where nothing is random, train in each, save, and draw.

    Raises:
        NetspecError: fewer than two frameworks can be used, or a file cannot be
            written.
    """
    curves = companion("curves")
    backends = usable(TRAINERS, task.spec, lockstep.DTYPES)
    runs = {
        dtype: lockstep.lockstep(backends, task, dtype) for dtype in lockstep.DTYPES
    }
    print(f"\n{lockstep.table(runs)}\n")
    trainings = {backend: train(backend, task) for backend in backends}
    stem = output.with_name(output.name.removesuffix(WEIGHTS))
    for backend, training in trainings.items():
        save(stem.with_name(f"{stem.name}.{backend}{WEIGHTS}"), task.spec, training)
    picture = stem.with_name(f"{stem.name}.png")
    curves.write(picture, f"{task.spec.name} on {task.images.name}", trainings, runs)
    print(f"curves drawn to {picture}")


def save(path: Path, spec: netspec.Spec, training: Training) -> None:
    """Write the spec and trained weights.

    Raises:
        NetspecError: the file cannot be written.
    """
    netspec.save_params(path, spec, training.params)
    print(f"spec and weights written to {path}")


def check_output(path: Path) -> None:
    """Refuse, before anything is trained, what cannot be written after it.

    Raises:
        NetspecError: there is no such folder, or it is one.
    """
    if not path.parent.is_dir():
        raise NetspecError(f"{path}: no such folder; make it first")
    if path.is_dir():
        raise NetspecError(f"{path}: is a folder; name a file in it")


def read_images(
    spec: netspec.Spec, folder: Path | None, settings: Settings
) -> data.Dataset:
    """Read the images, in the shape that the spec takes.

    Raises:
        NetspecError: they cannot be read, or do not fit the spec or the batch size.
    """
    images = data.load(folder).reshaped(spec.input_shape)
    if spec.output_shape != (data.CLASSES,):
        raise NetspecError(
            f"the images have {data.CLASSES} classes, but the spec's output has shape"
            f" {spec.output_shape}; end it with Dense({data.CLASSES})"
        )
    train, test = len(images.train_y), len(images.test_y)
    if settings.batch > train:
        raise NetspecError(f"batch must be at most {train}, received {settings.batch}")
    print(f"{images.name}: {train:,} images to train on, {test:,} to test")
    if images.name != data.FASHION_MNIST:
        print("(Fashion-MNIST is not on this machine; `make data` fetches it)")
    return images


if __name__ == "__main__":
    sys.exit(main())
