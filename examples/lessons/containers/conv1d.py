"""A convolutional net of one dimension, whose channels fit by construction.

Run it with `python examples/lessons/containers/conv1d.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import netspec
from netspec.conformance.cases import draw_case

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, SPECS, claim
from lessons.lib.everywhere import worst
from lessons.lib.proof import message
from lessons.lib.tables import table

NET = netspec.load(SPECS / "conv1d.yaml")
PARTS = ("layer1", "layer2", "layer3", "layer4", "conv_last", "fc")


def main() -> None:
    """Check section 5."""
    shapes = {part: NET.shapes()[part] for part in PARTS}
    table(["part", "channels", "length"], ((part, *s) for part, s in shapes.items()))
    claim(
        "containers 5",
        "Each convolution takes the channels that it gets: the text's third layer gives"
        " 8, its fourth takes 16, and its last one 8 of 32.",
        ", ".join(f"{part} {shape[0]}" for part, shape in shapes.items()),
        [shape[0] for shape in shapes.values()] == [4, 8, 16, 32, 1, 1],
    )
    if "torch" in FRAMEWORKS:
        refused = message(as_written)
        claim(
            "containers 5",
            "PyTorch refuses the channels of the text, when it first runs.",
            refused.partition("but got ")[2].rstrip("."),
            "to have 16 channels, but got 8 channels" in refused,
        )
    fitting = [n for n in range(2, 64) if before_fc(n) == (1, 10)]
    claim(
        "containers 5",
        "Its last layer, of 10 inputs, needs sequences of 20 values, or 21.",
        f"of lengths 2 to 63 only {' and '.join(map(str, fitting))}",
        fitting == [20, 21],
    )
    plain = NET.without_dropout()
    used = [worst(draw_case(plain, train=t, dtype="float64")) for t in (False, True)]
    claim(
        "containers 5",
        "All frameworks compute the same outputs, gradients and statistics, in"
        " evaluation and in training.",
        f"{used[0]:.2f} and {used[1]:.2f} of what rounding allows in float64",
        max(used) <= 1,
    )


def as_written() -> object:
    """Run the text's third and fourth convolution, one after the other."""
    import torch
    from torch import nn

    layers = nn.Sequential(nn.Conv1d(8, 8, 3), nn.Conv1d(16, 32, 3))
    return layers(torch.zeros(1, 8, 20))


def before_fc(length: int) -> tuple[int, ...]:
    """Return the shape that the last layer gets for sequences of this length."""
    return replace(NET, input_shape=(1, length)).shapes()["conv_last"]


if __name__ == "__main__":
    main()
