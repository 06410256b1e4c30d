"""Windows that read other pixels, or divide by another number, fit the same weights.

Run it with `python examples/lessons/porting/windows.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from netspec import AvgPool2D, Conv2D, Dense, Flatten, Layer, ReLU, Spec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib.porting import Port, Way, check, same


def net(*layers: Layer) -> Way:
    """Put a classifier behind layers that read an image."""
    spec = Spec("windows", (1, 28, 28), [*layers, Flatten(), Dense(10)], init="he")
    return Way(spec)


def strides(padding: int | str) -> Way:
    """Build two convolutions of stride 2."""
    return net(*[Conv2D(8, 3, stride=2, padding=padding), ReLU()] * 2)


def means(padding_counts: bool) -> Way:
    """Build a convolution, and means of windows that go over its border."""
    return net(
        Conv2D(8, 3, stride=2, padding="same"),
        ReLU(),
        AvgPool2D(3, stride=2, padding=1, count_include_pad=padding_counts),
    )


PORTS = (
    Port(
        "porting 10",
        'Trained with "SAME", as in JAX and TensorFlow, and run in PyTorch with'
        " `padding=1`: every window reads one pixel further up and left, in"
        " shapes that agree.",
        *(strides("same"), strides(1), (0.1, 1.0), same),
    ),
    Port(
        "porting 10",
        "Trained with `padding=1` from the start, the net learns as well: only what is"
        " carried over suffers.",
        *(strides("same"), strides(1), (-0.08, 0.08)),
    ),
    Port(
        "porting 11",
        "Trained where padding does not count in a mean, and run where it does: only"
        " the border is darker, and little is lost.",
        *(means(False), means(True), (-0.01, 0.1), same),
    ),
)


def main() -> None:
    """Check sections 10 and 11."""
    for port in PORTS:
        check(port)


if __name__ == "__main__":
    main()
