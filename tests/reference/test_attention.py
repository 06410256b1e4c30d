"""Laws of attention and positions in the reference, which no framework has a say in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netspec import MultiHeadAttention, Permute, SinusoidalPosition, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case
from netspec.contract import Array
from netspec.layers import Layer
from netspec.reference import Run, evaluate
from tests.reference.test_gradients import STEP

LENGTH, CHANNELS = 6, 8


def drawn(layer: Layer) -> Case:
    spec = Spec("one", (LENGTH, CHANNELS), [layer])
    return draw_case(spec, train=True, dtype="float64")


def output(case: Case, layer: Layer | None = None, x: Array | None = None) -> Array:
    """What a case gives, with another layer or another input if they are given."""
    spec = case.spec if layer is None else replace(case.spec, layers=[layer])
    y, _ = evaluate(spec.graph, case.x if x is None else x, Run(case.params))
    return y


def near(one: Array, other: Array) -> bool:
    return np.allclose(one, other, rtol=0, atol=1e-12)


def test_heads_read_blocks_of_key_heads() -> None:
    grouped = MultiHeadAttention(4, key_heads=2)
    case = drawn(grouped)
    params = dict(case.params)
    for name in ("key", "value"):
        for kind in ("weight", "bias"):
            held = params[f"0.{name}.{kind}"]
            by_head = held.reshape(2, 2, *held.shape[1:])
            repeated = by_head.repeat(2, axis=0)  # 0 0 1 1, not 0 1 0 1
            params[f"0.{name}.{kind}"] = repeated.reshape(-1, *held.shape[1:])
    apart = replace(case, params=params)
    assert near(output(apart, MultiHeadAttention(4)), output(case))


def test_without_positions_an_order_is_as_good_as_another() -> None:
    case, order = drawn(MultiHeadAttention(2)), [3, 0, 5, 1, 4, 2]
    assert near(output(case, x=case.x[:, order]), output(case)[:, order])


@pytest.mark.parametrize("options", [{"rotary": 100.0}, {"relative": 3}])
def test_distances_alone_count(options: dict[str, float]) -> None:
    case = drawn(MultiHeadAttention(2, causal=True, window=2, **options))  # type: ignore[arg-type]
    moved = output(case, x=np.roll(case.x, 1, axis=1))
    assert near(moved[:, 2:], output(case)[:, 1:-1])
    still = replace(case.spec.layers[0], rotary=None, relative=None)  # type: ignore[call-arg]
    assert not near(output(case, still), output(case))


def test_a_window_of_all_positions_is_none() -> None:
    case = drawn(MultiHeadAttention(2, causal=True))
    wide = MultiHeadAttention(2, causal=True, window=LENGTH)
    assert np.array_equal(output(case, wide), output(case))
    first = MultiHeadAttention(2, causal=True, window=1)
    values = case.x @ case.params["0.value.weight"].T + case.params["0.value.bias"]
    weight, bias = (case.params[f"0.output.{n}"] for n in ("weight", "bias"))
    assert near(output(case, first), values @ weight.T + bias)


def test_learned_distances_are_from_key_to_query() -> None:
    """Far before is the first column, far after the last one."""
    case = drawn(MultiHeadAttention(1, relative=2))
    params = {path: np.zeros_like(p) for path, p in case.params.items()}
    params["0.value.weight"] = params["0.output.weight"] = np.eye(CHANNELS)
    params["0.relative.weight"] = np.array([[1000.0, 0, 0]])
    y = output(replace(case, params=params))
    for query in range(1, LENGTH):
        assert near(y[:, query], case.x[:, :query].mean(axis=1))


def test_the_table_of_vaswani() -> None:
    case = drawn(SinusoidalPosition())
    table = output(case) - case.x
    assert np.allclose(table[:, 3, 2], np.sin(3 / 10000 ** (2 / 8)))
    assert np.allclose(table[:, 3, 3], np.cos(3 / 10000 ** (2 / 8)))
    assert np.allclose(table[:, 0], [0, 1] * 4)


def test_dropout_on_the_weights_has_its_gradient() -> None:
    layer = MultiHeadAttention(4, key_heads=2, causal=True, dropout=0.5)
    case = drawn(replace(layer, dropout=0.0))
    spec = replace(case.spec, layers=[layer])
    random = np.random.default_rng(1)
    masks = {"0": random.random((len(case.x), 4, LENGTH, LENGTH)) < 0.5}

    def run(x: Array) -> float:
        y, _ = evaluate(spec.graph, x, Run(case.params, train=True, masks=masks))
        return float(np.vdot(y, case.cotangent))

    y, pullback = evaluate(
        spec.graph, case.x, Run(case.params, train=True, masks=masks)
    )
    assert not near(y, output(case))
    direction = random.choice([-1.0, 1.0], case.x.shape)
    numeric = (run(case.x + STEP * direction) - run(case.x - STEP * direction)) / 2
    exact = float(np.vdot(pullback(case.cotangent), direction)) * STEP
    assert abs(numeric - exact) < 1e-6 * abs(exact)


def test_without_dropout_attention_has_none() -> None:
    inside = MultiHeadAttention(2, dropout=0.3, name="attention")
    spec = Spec("one", (LENGTH, CHANNELS), [inside, Permute((2, 1))])
    plain = spec.without_dropout()
    assert plain.layers[0] == MultiHeadAttention(2, name="attention")
    assert plain.parameters() == spec.parameters()
