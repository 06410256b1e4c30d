"""A residual CNN: its shapes are inferred, and its sums cannot be forgotten.

Run it with `python examples/lessons/residual/residual_cnn.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import netspec
from netspec import Conv2D, Reshape, Residual, Spec
from netspec.conformance.cases import draw_case

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import SPECS, claim
from lessons.lib.everywhere import worst
from lessons.lib.proof import message

SPEC = netspec.load(SPECS / "residual_cnn.yaml")
GUESSED = 256  # inputs of the last layer, in the text


def main() -> None:
    """Check section 2.1."""
    print(SPEC.summary(), "\n")
    compare_sizes()
    compare_shapes()
    used = worst(draw_case(SPEC, train=False, dtype="float64", batch=2))
    claim(
        "residual 2.1",
        "The net of the text, as a spec, gives the outputs and gradients of the"
        " reference in every framework.",
        f"at most {used:.2g} of what rounding explains",
        used <= 1,
    )


def compare_sizes() -> None:
    """Count the values that reach the last layer."""
    before = SPEC.layers[:-1]
    (true,) = Spec("before", SPEC.input_shape, before).output_shape
    wrong = [*before, Reshape((GUESSED,))]
    said = message(lambda: Spec("guessed", SPEC.input_shape, wrong))
    claim(
        "residual 2.1",
        "The last layer has 512 inputs, not the 256 of the text: `Dense(10)` is told"
        " none, and a spec that says 256 is refused.",
        f"32 x 4 x 4 = {true}; {said.partition(': ')[2]}",
        true == 32 * 4 * 4 != GUESSED and f"({GUESSED}) for (512,)" in said,
    )


def compare_shapes() -> None:
    """Refuse a sum whose body does not keep the shape."""
    shrinking = Residual([Conv2D(16, kernel_size=3)])
    said = message(lambda: Spec("unpadded", (16, 12, 12), [shrinking]))
    claim(
        "residual 2.1",
        "A body must keep the shape of its input; without padding the spec is refused"
        " before anything runs.",
        said.partition(";")[0],
        "body (16, 10, 10) and shortcut (16, 12, 12)" in said,
    )


if __name__ == "__main__":
    main()
