"""Check trained weights against the float64 reference.

    python examples/agreement.py weights.safetensors --backend torch

The file holds a spec and its weights. The model is built from them, and one forward
and one backward pass over test images is compared with the reference, tensor by
tensor, in evaluation and in training mode (without dropout, whose mask is random).
"""

from __future__ import annotations

import argparse
import math
import sys
from itertools import product
from pathlib import Path

import numpy as np

import data
import netspec
from data import Array
from netspec import NetspecError
from netspec.conformance.judging import Agreement, Case, agree

VALUES = 4096  # positions in a batch: more of them add rounding, not evidence
LARGEST_BATCH = 16
MODES = {"evaluation": False, "training": True}
DTYPES = ("float32", "float64")
MARKS = {"pass": "", "declared": "*"}


def main() -> int:
    """Exit code: 0 all agree, 1 some do not, 2 bad input, 130 interrupted."""
    try:
        return run(arguments())
    except NetspecError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("weights", type=Path, help="a safetensors file")
    parser.add_argument("--backend", default="torch")
    parser.add_argument("--data", type=Path, help="folder of the four .gz files")
    return parser.parse_args()


def run(args: argparse.Namespace) -> int:
    """Compare, print a table; 0 where everything agrees, else 1.

    Raises:
        NetspecError: the weights, the data or the backend cannot be used.
    """
    spec, params = netspec.load_params(args.weights)
    backend = netspec.backend(args.backend)
    images = data.load(args.data).reshaped(spec.input_shape).test_x
    agreements = {
        (dtype, mode): compare(backend, spec, params, images, dtype, train)
        for dtype, (mode, train) in product(DTYPES, MODES.items())
    }
    print_table(agreements)
    passed = sum(len(passing(agreement)) for agreement in agreements.values())
    total = sum(len(agreement.verdicts) for agreement in agreements.values())
    print(f"\n{passed} of {total} tensors agree with the float64 reference")
    return 0 if passed == total else 1


def compare(
    backend: netspec.Backend,
    spec: netspec.Spec,
    params: dict[str, Array],
    images: Array,
    dtype: str,
    train: bool,
) -> Agreement:
    """Find the agreement on the first batch that decides: on a kink, rounding chooses
    between two right answers.
    """
    batch = min(LARGEST_BATCH, max(2, VALUES // math.prod(spec.input_shape[1:])))
    cotangent = np.random.default_rng(0).normal(size=(batch, *spec.output_shape))
    for start in range(0, len(images) - batch + 1, batch):
        case = Case(
            spec.without_dropout(),
            {path: value.astype(dtype) for path, value in params.items()},
            images[start : start + batch].astype(dtype),
            cotangent.astype(dtype),
            train,
            dtype,
        )
        agreement = agree(backend, case)
        statuses = {verdict.status for verdict in agreement.verdicts.values()}
        if "inconclusive" not in statuses:
            break
    return agreement


def passing(agreement: Agreement) -> list[str]:
    """List the tensors that agree."""
    return [name for name, verdict in agreement.verdicts.items() if verdict.good]


def print_table(agreements: dict[tuple[str, str], Agreement]) -> None:
    """One row for each tensor: used over allowed, in each dtype and mode."""
    print("Distance from the reference, over what rounding alone may explain")
    print("(every tensor has a bound of its own; 1 or less agrees):\n")
    names = list(next(iter(agreements.values())).verdicts)
    width = max(map(len, names))
    for heads in zip(*agreements, strict=True):
        print(" " * width, *(f"{head:>11}" for head in heads))
    for name in names:
        cells = (cell(agreement, name) for agreement in agreements.values())
        print(f"{name:{width}}", *(f"{text:>11}" for text in cells))
    if any(cell(a, name).endswith("*") for a in agreements.values() for name in names):
        print("\n* The framework's own convention differs; this is its prediction.")


def cell(agreement: Agreement, name: str) -> str:
    """``0.012``, with what it is where it is no pass."""
    verdict = agreement.verdicts[name]
    return f"{verdict.ratio:.2g}{MARKS.get(verdict.status, f' {verdict.status}')}"


if __name__ == "__main__":
    sys.exit(main())
