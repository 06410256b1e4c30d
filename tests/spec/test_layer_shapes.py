"""Shapes that layers give, and why they cannot read others."""

from __future__ import annotations

import pytest

import netspec as ns
from netspec import Spec

GIVEN: list[tuple[ns.Shape, ns.Layer, ns.Shape]] = [
    ((8, 9), ns.Parallel([[ns.Tanh()], [ns.Dense(1)]], merge="multiply"), (8, 9)),
    ((4, 9), ns.Parallel([[ns.Dense(4)], [ns.Tanh()]], merge="matmul"), (4, 9)),
    ((8, 9), ns.Parallel([[ns.ReLU()], [ns.Tanh()]], merge="stack"), (2, 8, 9)),
    ((8, 9), ns.Parallel([[ns.ReLU()], [ns.Tanh()]], merge="stack", axis=-1),
     (8, 9, 2)),
    ((8, 9), ns.Slice(2, start=-4), (8, 4)),
    ((8, 9), ns.Slice(-1, start=1, stop=-1, step=3), (8, 3)),
    ((8, 9), ns.Select(-2, -8), (9,)),
    ((8,), ns.Select(1, 0), ()),
    ((8, 9), ns.Crop1D((3, 5)), (8, 1)),
    ((8, 9, 5), ns.Crop2D(((0, 2), (1, 1))), (8, 7, 3)),
    ((8, 9, 5), ns.Reduce((1, -1)), (9,)),
    ((8, 9, 5), ns.Reduce((1, -1), keepdims=True), (1, 9, 1)),
    ((8, 9), ns.Reduce((1, 2), op="sum"), ()),
    ((18, 4, 5), ns.PixelShuffle(3), (2, 12, 15)),
    ((2, 12, 15), ns.PixelUnshuffle(3), (18, 4, 5)),
    ((6, 5), ns.ChannelShuffle(3), (6, 5)),
    ((6, 5), ns.Roll((1, 2), (-7, 2)), (6, 5)),
    ((3, 6, 5), ns.MultiHeadAttention(5), (3, 6, 5)),
    ((6, 5), ns.MultiHeadAttention(4, head_dim=2, key_heads=1), (6, 5)),
    ((6, 5), ns.PositionEmbedding(8), (6, 5)),
    ((3, 6, 5), ns.ClassToken(), (3, 7, 5)),
]  # fmt: skip

REFUSED: list[tuple[ns.Shape, ns.Layer, str]] = [
    ((8, 9), ns.Slice(2, start=10), "start 10 is out of range on axis 2 of size 9"),
    ((8, 9), ns.Slice(2, stop=-10), "stop -10 is out of range"),
    ((8, 9), ns.Slice(2, start=-2, stop=7), "nothing is left of axis 2 of size 9"),
    ((8, 9), ns.Slice(3), "axis 3 does not exist"),
    ((8, 9), ns.Select(2, 9), "index 9 is out of range"),
    ((8, 9), ns.Crop1D((4, 5)), "cropping leaves nothing of positions"),
    ((8, 9), ns.Reduce((1, -2)), r"axes \(1, -2\) name one axis"),
    ((8, 9), ns.Roll((1, 2), 3), "shifts must be as many as axes"),
    ((8, 9), ns.ChannelShuffle(3), "groups 3 must divide the channels"),
    ((6, 2, 2), ns.PixelShuffle(2), "a multiple of 4 channels, received 6"),
    ((6, 2, 3), ns.PixelUnshuffle(2), "must divide height and width"),
    ((8, 9), ns.Parallel([[ns.Tanh()]] * 3, merge="subtract"), "takes two branches"),
    ((8, 9), ns.Parallel([[ns.Tanh()], [ns.Flatten()]], merge="add"), "as many axes"),
    ((8, 9), ns.Parallel([[ns.Tanh()], [ns.Dense(3)]], merge="maximum"),
     "axis 2 has sizes 3 and 9; they must be equal, or 1"),
    ((8, 9), ns.Parallel([[ns.Tanh()], [ns.Dense(1)]], merge="stack"), "to be stacked"),
    ((8, 9), ns.Parallel([[ns.Tanh()], [ns.Tanh()]], merge="matmul"), "a Permute"),
    ((8,), ns.ChannelDropout(0.5), "use Dropout, for values that are channels"),
    ((8, 1, 1, 1, 1), ns.ChannelDropout(0.5), "with 2 to 4 axes"),
    ((8,), ns.BatchNorm(statistics="batch"), "more than one value for each channel"),
    ((8, 1), ns.BatchNorm(statistics="batch"), "use statistics='running'"),
    ((8,), ns.MultiHeadAttention(2), r"add a Reshape\(\(1, 8\)\) before it"),
    ((6, 8), ns.MultiHeadAttention(3), "heads must divide the channels, received 3"),
    ((6, 8), ns.MultiHeadAttention(4, key_heads=3), "received 3 and 4; give 1, or"),
    ((6, 8), ns.MultiHeadAttention(2, window=3), "window needs causal"),
    ((6, 6), ns.MultiHeadAttention(2, rotary=10.0), "must be even, received 3; give"),
    ((6, 2), ns.MultiHeadAttention(2, normalize=True), "no more than the sign"),
    ((6, 8), ns.PositionEmbedding(5), "received 5 and an input .* give 6 or more"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "layer", "said"), REFUSED)
def test_what_does_not_fit_is_refused(
    shape: ns.Shape, layer: ns.Layer, said: str
) -> None:
    with pytest.raises(ns.SpecError, match=said):
        Spec("shape", shape, [layer])


@pytest.mark.parametrize(("shape", "layer", "output"), GIVEN)
def test_what_fits_gives_a_shape(
    shape: ns.Shape, layer: ns.Layer, output: ns.Shape
) -> None:
    assert Spec("shape", shape, [layer]).output_shape == output


def test_statistics_of_the_batch_leave_nothing_to_average() -> None:
    layer = ns.BatchNorm(statistics="batch")
    assert {*Spec("batch", (2, 3), [layer]).parameters()} == {"0.weight", "0.bias"}
    for fields in ({"decay": 0.5}, {"running_variance": "biased"}):
        with pytest.raises(ns.SpecError, match="at its default"):
            ns.BatchNorm(statistics="batch", **fields)


def test_positions_start_near_0_and_other_constants_by_name_or_rule() -> None:
    layers = [
        ns.PositionEmbedding(),
        ns.ClassToken(),
        ns.MultiHeadAttention(2, relative=2, init={"query.weight": ns.Zeros()}),
    ]
    spec = Spec("sequence", (6, 8), layers)
    laws = {path: p.initializer for path, p in spec.parameters().items()}
    assert laws["0.weight"] == ns.Normal(0.02)
    assert laws["1.weight"] == laws["2.relative.weight"] == ns.Constant(0.0)
    assert laws["2.query.weight"] == ns.Zeros()
    assert laws["2.key.weight"] == ns.XavierUniform()
    rule = ns.InitRule("*.weight", ns.Normal(1.0))
    ruled = Spec("sequence", (6, 8), layers, init=ns.InitPolicy(rules=[rule]))
    drawn = {path: p.initializer for path, p in ruled.parameters().items()}
    assert drawn["1.weight"] == drawn["2.relative.weight"] == ns.Normal(1.0)
    wrong = ns.MultiHeadAttention(2, init={"query.wieght": ns.Zeros()})
    with pytest.raises(ns.SpecError, match=r"did you mean 'query\.weight'"):
        Spec("sequence", (6, 8), [wrong])
