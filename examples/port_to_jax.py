"""`make port-to-jax`: a net of torchvision arrives in JAX, with its certificate.

    python examples/port_to_jax.py

ResNet-18, as torchvision builds it, has the weights of a file of yours, or those that
torchvision has downloaded before, or else drawn ones; nothing is downloaded. It is
imported, and the module itself is compared with what was made of it, and with JAX, in
evaluation; with `--training` in a step of training, too, which takes minutes. Where
torchvision is missing, that is said and nothing done; `pip install ".[examples]"`
gets it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import demo
import netspec
from certified import table, write
from netspec import NetspecError
from netspec.errors import said

FOLDER = Path("out/port_to_jax")
SIDE = 64
IMAGES = 20  # for which the likeliest classes are compared
TARGETS = {"torch": "PyTorch, from the spec", "jax": "JAX"}
NET, SAVED = "resnet18", "resnet18-f37072fd.pth"  # as torchvision saves it
SEED = 0


def main() -> int:
    """Exit code: 0 arrived or skipped, 1 something disagrees, 2 bad input, 130
    interrupted.
    """
    args = arguments()
    try:
        models = torchvision_models()
        if isinstance(models, str):
            print(f"skipped: {models}")
            return 0
        return run(models, args)
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--weights", type=Path, help="a state_dict of it, .pth")
    parser.add_argument("--training", action="store_true", help="compare a step, too")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=FOLDER,
        help="folder of all that is written",
    )
    return parser.parse_args()


def torchvision_models() -> Any:
    """Return the module of torchvision, or a sentence that says why there is none."""
    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:  # missing, or of another PyTorch
        (first, *_) = str(error).splitlines() or [type(error).__name__]
        return f'torchvision cannot be imported ({first}); pip install ".[examples]"'
    return models


def run(models: Any, args: argparse.Namespace) -> int:
    """Import, certify, export; 0 where everything agrees, else 1.

    Raises:
        NetspecError: the weights cannot be read, or the net cannot be imported.
    """
    folder: Path = args.output
    folder.mkdir(parents=True, exist_ok=True)
    module = built(models, args.weights)
    found = netspec.importing.torch(module, (3, SIDE, SIDE), name=NET)
    net = folder / "net.safetensors"
    found.save(net)
    count = sum(array.size for array in found.params.values())
    print(f"imported: {count:,} numbers in {len(found.params)} arrays\n", flush=True)
    x = np.random.default_rng(SEED).normal(size=(IMAGES, *found.spec.input_shape))
    made = netspec.certify(
        module,
        found.spec,
        found.params,
        found.names,
        inputs=x.astype(np.float32),
        backends=list(TARGETS),
        notes=found.notes,
        dtypes="float64",
        shapes=[(3, 33, 35)],
        modes=("evaluation", "training") if args.training else "evaluation",
    )
    original = made.report.rows[0].backend
    names = {original: "torchvision's module"} | TARGETS
    Console(highlight=False).print(table(made, names))
    command = f"netspec export {net} \\\n      --to jax -o {folder}/net_jax.py"
    print(f"\n$ {command}", flush=True)
    demo.run(command)
    write(made, folder)
    return 0 if made.passed else 1


def built(models: Any, weights: Path | None) -> Any:
    """Build the net, with the weights of a file, or drawn ones where there is none.

    Raises:
        NetspecError: the file cannot be read, or holds other weights.
    """
    import torch

    torch.manual_seed(SEED)
    module = getattr(models, NET)(weights=None).eval()
    kept = Path(torch.hub.get_dir()) / "checkpoints" / SAVED
    file = weights or (kept if kept.exists() else None)
    if file is None:
        print(f"{NET} of torchvision, whose weights are drawn, and perturbed")
        perturb(module)
        return module
    try:
        module.load_state_dict(torch.load(file, weights_only=True))
    except Exception as error:  # of whatever kind: the file may be anything
        raise NetspecError(f"{file}: not weights of {NET}: {said(error)}") from None
    print(f"{NET} of torchvision, with the weights of {file}")
    return module


def perturb(module: Any) -> None:
    """Move what begins at 0 or 1, so that nothing can be exchanged unseen."""
    import torch

    with torch.no_grad():
        for name, held in module.state_dict().items():
            if held.dim() == 1:
                held.mul_(torch.empty_like(held).uniform_(0.5, 1.5))
                if not name.endswith("var"):
                    held.add_(torch.empty_like(held).uniform_(-0.1, 0.1))


if __name__ == "__main__":
    sys.exit(main())
