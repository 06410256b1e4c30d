"""What a backend is given stays ours, what it gives is judged as plain arrays, and who
breaks this is blamed, not the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netspec import Dense, NetspecError, Spec
from netspec.conformance import agree, conform
from netspec.conformance.cases import draw_case
from netspec.contract import Array, Step, Trained, handed
from tests.conformance.wrapped import Wrapped

NET = Spec("net", (4,), [Dense(3)])


def written(array: Array) -> None:
    """Triple an array, whatever stands in the way."""
    array.flags.writeable = True
    np.multiply(array, 3, out=array)


def through_base(array: Array) -> None:
    while isinstance(array.base, np.ndarray):
        array = array.base
    written(array)


class Named(Wrapped):
    def __init__(self, name: str) -> None:
        super().__init__("numpy")
        self.name = name


class Writes(Named):
    """Writes into what it is given.

    Args:
        what: the argument.
        write: how.
    """

    def __init__(self, what: str, write: Callable[[Array], None]) -> None:
        super().__init__("culprit")
        self.what, self.write = what, write

    def compile(self, spec: Spec, **how: Any) -> Any:
        model = super().compile(spec, **how)
        if self.what == "params":
            self.write((how.get("params") or {"": np.zeros(1)}).popitem()[1])
        return model

    def load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        if self.what == "loaded":
            self.write(params["0.bias"])
        return super().load_params(model, spec, params)

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        output = super().forward(model, spec, x, **how)
        if self.what == "x of forward":
            self.write(x)
        return output

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        for what, array in zip(("x", "cotangent"), given, strict=True):
            if self.what == what:
                self.write(array)
        return step

    def train(self, model: Any, spec: Spec, xs: Array, *given: Any, **how: Any) -> Any:
        trained = self.inner.train(model, spec, xs, *given, **how)  # type: ignore[attr-defined]
        if self.what == "xs":
            self.write(xs)
        return trained


PLACES = {
    "params": ("outputs", "compile wrote into the array it was given: 0.bias"),
    "loaded": ("training", "load_params wrote into the array it was given: 0.bias"),
    "x of forward": ("errors", "forward wrote into the array it was given: x"),
    "x": ("gradients", "step wrote into the array it was given: x"),
    "cotangent": ("gradients", "step wrote into the array it was given: cotangent"),
    "xs": ("training", "train wrote into the array it was given: xs"),
}


@pytest.mark.parametrize("what", PLACES)
def test_who_writes_into_what_it_is_given_is_blamed(what: str) -> None:
    check, reason = PLACES[what]
    backends = [Named("before"), Writes(what, through_base), Named("after")]
    report = conform(NET, backends, "float32", check)
    assert {row.backend for row in report.bad} == {"culprit"}
    assert reason in {row.verdict.reason for row in report.bad}
    before, after = (report.select(backend=name) for name in ("before", "after"))
    assert [row.verdict for row in before] == [row.verdict for row in after]


def test_what_is_given_cannot_be_made_writable() -> None:
    report = conform(NET, [Writes("x", written), Named("after")], "float32", "outputs")
    assert {row.backend for row in report.bad} == {"culprit"}
    assert all("WRITEABLE" in row.verdict.reason for row in report.bad)


class Favorable(np.ndarray):
    """Is at no distance from anything."""

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return np.zeros(self.shape)

    def astype(self, *_: Any, **__: Any) -> Any:
        return self


GIVEN: dict[str, Callable[[Array], Any]] = {
    "Favorable": lambda y: (y + 100).view(Favorable),
    "MaskedArray": lambda y: np.ma.masked_array(y, mask=True),
    "list": lambda y: y.tolist(),
    "NoneType": lambda y: None,
}


class Gives(Named):
    """Gives outputs of another kind."""

    def __init__(self, change: Callable[[Array], Any]) -> None:
        super().__init__("culprit")
        self.change = change

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Any:
        return self.change(super().forward(model, spec, x, **how))

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return replace(step, output=self.change(step.output))

    def train(self, *given: Any, **how: Any) -> Any:
        trained = self.inner.train(*given, **how)  # type: ignore[attr-defined]
        return Trained(self.change(trained.losses), trained.params)


@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("check", ["outputs", "gradients", "training", "errors"])
def test_only_plain_arrays_are_judged(kind: str, check: str) -> None:
    report = conform(NET, Gives(GIVEN[kind]), "float32", check)
    failed = {row.verdict.reason for row in report.rows if row.verdict.status == "fail"}
    assert any(f" is a {kind} where a NumPy array is expected" in r for r in failed)
    assert report.verdict == "FAILED"


def test_what_is_no_step_is_said_so() -> None:
    class Nothing(Named):
        def step(self, *_: Any, **__: Any) -> Any:
            return None

    report = conform(NET, Nothing("culprit"), "float32", "outputs")
    reasons = {row.verdict.reason for row in report.bad}
    assert "a NoneType where a Step is expected" in reasons


def test_a_single_comparison_is_guarded_too() -> None:
    case = draw_case(NET, train=True, dtype="float64")
    x = case.x.copy()
    with pytest.raises(NetspecError, match="step wrote into the array"):
        agree(Writes("x", through_base), case)
    np.testing.assert_array_equal(case.x, x)


def test_a_watcher_sees_plain_copies() -> None:
    from netspec.contract import Optimizer

    class Odd(Named):
        def train(self, *given: Any, watch: Any, **how: Any) -> Any:
            watch(0, {"0.bias": np.ma.masked_array([1.0])})

    train = handed(Odd("odd")).train
    xs = np.zeros((1, 2, 4))
    with pytest.raises(NetspecError, match=r"0\.bias is a MaskedArray"):
        train(None, NET, xs, xs[..., :3], Optimizer("sgd", 0.1), "mse", watch=print)


class Unequal(Named):
    """Compares element by element."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Any:
        return np.zeros(2) == 1


class Nameless(Wrapped):
    """Raises where it is asked for its name."""

    def __init__(self) -> None:
        self.inner = None  # type: ignore[assignment]

    @property
    def name(self) -> str:  # type: ignore[override]
        raise RuntimeError("no name")


def test_backends_are_told_apart_without_asking_them() -> None:
    pair = [Unequal("one"), Unequal("two")]
    report = conform(NET, [*pair, pair[0]], "float32", "outputs")
    assert report.passed
    assert len(report.select(backend="one")) == len(report.select(backend="two"))


def test_a_name_that_raises_is_bad_input() -> None:
    nameless: Any = Nameless()
    for backends in (nameless, [nameless]):
        with pytest.raises(
            NetspecError, match=r"whose name is RuntimeError\('no name'"
        ):
            conform(NET, backends)
