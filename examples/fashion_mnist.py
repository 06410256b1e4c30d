"""Train a spec on Fashion-MNIST in the framework of your choice.

    python examples/fashion_mnist.py examples/specs/mlp.yaml --backend torch

The spec becomes the framework's own model, which starts from portable weights (the
same in every framework), is trained by the framework's own optimizer, and is saved
together with its spec in one safetensors file.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

import data
import netspec
from netspec import NetspecError
from training import Report, Settings

# By backend: the module beside this one with that framework's training loop
TRAINERS = {"torch": "train_torch", "gluon": "train_gluon", "jax": "train_jax"}


def main() -> int:
    """Exit code: 0 trained, 2 bad input, 130 interrupted."""
    try:
        run(arguments())
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; no weights were written", file=sys.stderr)
        return 130
    return 0


def arguments() -> argparse.Namespace:
    """The command line."""
    default = Settings()
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("spec", type=Path, help="YAML or JSON file of the model")
    parser.add_argument("--backend", choices=TRAINERS, default="torch")
    parser.add_argument("--epochs", type=natural, default=default.epochs)
    parser.add_argument("--batch", type=natural, default=default.batch)
    parser.add_argument("--lr", type=float, default=default.lr)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--data", type=Path, help="folder of the four .gz files")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("weights.safetensors")
    )
    return parser.parse_args()


def natural(text: str) -> int:
    """An integer from 1 on."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> None:
    """Compile, train, save.

    Raises:
        NetspecError: the spec, the data or the output cannot be used.
    """
    spec = netspec.load(args.spec)
    settings = Settings(args.epochs, args.batch, args.lr, args.seed)
    images = read_images(spec, args.data, settings)
    if not args.output.parent.is_dir():
        raise NetspecError(f"{args.output}: no such folder; make it first")
    model = netspec.compile(spec, args.backend, seed=settings.seed)
    train = import_module(TRAINERS[args.backend]).train
    start = time.perf_counter()
    with Report(settings, len(images.train_y)) as report:
        model = train(model, images, settings, report)
    print(f"trained in {time.perf_counter() - start:.0f} s")
    params = netspec.backend(args.backend).params(model, spec)
    netspec.save_params(args.output, spec, params)
    print(f"spec and weights written to {args.output}")


def read_images(
    spec: netspec.Spec, folder: Path | None, settings: Settings
) -> data.Dataset:
    """The images, in the shape that the spec takes.

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
