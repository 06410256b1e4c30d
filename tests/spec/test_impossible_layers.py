"""Layers that no input can have, or not this one: what is wrong, and what would do."""

from __future__ import annotations

import pytest

from netspec import Spec, SpecError
from netspec import layers as nl
from netspec.layers import Layer


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nl.HardTanh(2, 1), "give low=1, high=2"),
        (nl.HardTanh(1), "received low=1 and high=1; give high=2"),
        (nl.GLU(), "must have an even size, received 3; 4 before it gives 2 after it"),
        (
            nl.Scale((2, 1)),
            "axes must be in order, each once, received [2, 1]; give [1, 2]",
        ),
        (nl.Scale((1, -2)), "received [1, -2]; give [1]"),
        (nl.Scale(4), "axis 4 does not exist"),
        (nl.Rescale((1, 2)), "scale has 2 values for inputs of 3 channels"),
        (nl.HardSigmoid(1e-320), "reaches 0 or 1 at no finite input"),
    ],
    ids=repr,
)
def test_what_no_layer_can_be(layer: Layer, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        Spec("wrong", (3, 3), [layer])
    assert said in str(caught.value)
