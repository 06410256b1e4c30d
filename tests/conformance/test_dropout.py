"""The check of dropout: sound backends pass, every mistake fails where it shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import Container, Dropout, Layer, Sequential, Spec
from netspec import layers as nl
from netspec.conformance.report import Report
from netspec.contract import Step
from tests.conformance.wrapped import Misreading, Wrapped

RATE = 0.3
SPEC = Spec("one", (6,), [nl.Dense(5), Dropout(RATE), nl.Dense(2)])


SHARED = [nl.StochasticDepth(0.3), nl.ChannelDropout(0.2)]
CONV = nl.Conv2D(4, kernel_size=1)
TOGETHER = Spec("whole", (4, 3, 2), [CONV, *SHARED, nl.Residual([CONV, SHARED[1]])])


def check(backend: Any, spec: Spec = SPEC, dtypes: str = "float32") -> Report:
    return netspec.conform(spec, backend, dtypes, "dropout")


def failures(report: Report) -> set[str]:
    return {row.what.split(": ")[-1] for row in report.bad}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numpy", "torch", "gluon", "jax"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_backends_follow_the_law(name: str, dtype: str) -> None:
    plane = [Dropout(0.9), Sequential([Dropout(0.001), Dropout(0.0)])]
    for spec in (SPEC, Spec("many", (4, 3, 3), plane), TOGETHER):
        report = check(name, spec, dtype)
        assert report.passed, report.bad
    whole = [row for row in report.rows if "dropped whole" in row.what]
    assert len(whole) == len(SHARED)


def test_a_backend_follows_the_law() -> None:
    report = check("torch")
    assert report.passed
    assert {row.verdict.status for row in report.rows} == {"pass"}


class Forgetting(Misreading):
    """Drops nothing in a container."""

    def __init__(self) -> None:
        super().__init__(lambda layer: layer)

    def read(self, spec: Spec) -> Spec:
        def bare(layer: Layer) -> Layer:
            inside = replace(SPEC, input_shape=spec.input_shape, layers=[layer])
            held = isinstance(layer, Container)
            return inside.without_dropout().layers[0] if held else layer

        return replace(spec, layers=[bare(layer) for layer in spec.layers])


class Scaling(Wrapped):
    """Scales in evaluation, too, but no layer alone."""

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        nodes = list(spec.graph.walk())
        drops = any(isinstance(node.layer, Dropout) for node in nodes)
        scale = np.float32(1.5 if drops and len(nodes) > 1 else 1)
        return replace(step, output=step.output * scale)


NESTED = Spec("nested", (6,), [nl.Residual([nl.Dense(6), Dropout(1e-3)]), nl.Dense(2)])


def test_dropout_that_is_forgotten_in_a_container_is_seen() -> None:
    assert check("torch", NESTED).passed
    assert failures(check(Forgetting(), NESTED)) == {"0.body.1 drops in its place"}


def test_dropout_is_not_asked_for_where_it_cannot_show() -> None:
    """Where the reference's output does not depend on it, either."""
    last = [nl.Dense(2), Dropout(0.5), nl.Dense(1), nl.Softmax()]
    report = check("torch", Spec("constant", (6,), last))
    assert report.passed
    assert not any("its place" in row.what for row in report.rows)


def test_draws_that_values_share_are_seen_in_their_place() -> None:
    assert check("torch", TOGETHER).passed
    forgotten = failures(check(Forgetting(), TOGETHER))
    assert forgotten == {"3.body.1 drops in its place"}


def test_every_kind_of_dropout_is_left_out() -> None:
    plain = TOGETHER.without_dropout()
    assert not any(node.layer.random for node in plain.graph.walk())
    assert plain.shapes() == TOGETHER.shapes()


def test_dropout_that_scales_in_evaluation_of_a_net_is_seen() -> None:
    report = netspec.conform(NESTED, Scaling(), "float32", "outputs")
    assert {row.what for row in report.bad} == {"evaluation: output"}
    assert {row.spec for row in report.bad} == {"nested"}


def test_nothing_is_checked_where_nothing_is_dropped() -> None:
    assert check("numpy", SPEC.without_dropout()).rows == []


# Mistakes: given what the sound backend does for a rate, a mode and a seed

Sound = Callable[..., Step]
Mistake = Callable[..., Step]


class Mistaken(Wrapped):
    """A backend with a mistake in its dropout.

    Args:
        mistake: ``mistake(sound, x, cotangent, train, seed)``, where ``sound(rate=,
            train=, seed=)`` is the step of the backend itself.
    """

    def __init__(self, mistake: Mistake) -> None:
        super().__init__("torch")
        self.mistake = mistake

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        rate = spec.layers[0].rate  # type: ignore[attr-defined]
        if not rate:
            return self.inner.step(model, spec, *given, **how)

        def sound(rate: float = rate, **other: Any) -> Step:
            wanted = replace(spec, layers=[Dropout(rate)])
            made = self.inner.compile(wanted, params={}, dtype=given[0].dtype.name)
            return self.inner.step(made, wanted, *given, **(how | other))

        return self.mistake(sound, *given, **how)


def times(step: Step, factor: float) -> Step:
    output, gradient = step.output, np.asarray(step.grad_input)
    kind = output.dtype.type
    return replace(
        step, output=output * kind(factor), grad_input=gradient * kind(factor)
    )


def in_training(change: Callable[[Step], Step]) -> Mistake:
    """A change of every step in training mode."""

    def mistake(sound: Sound, *_: Any, train: bool, **how: Any) -> Step:
        return change(sound()) if train else sound()

    return mistake


def masked(draw: Callable[[np.random.Generator, tuple[int, ...]], Any]) -> Mistake:
    """Another way of drawing the mask, scaled as it should be."""

    def mistake(
        sound: Sound, x: Any, cotangent: Any, *, train: bool, seed: int
    ) -> Step:
        if not train:
            return sound()
        uniform = draw(np.random.default_rng(seed), x.shape)
        mask = np.broadcast_to(uniform, x.shape) >= RATE
        scale = (mask / (1 - RATE)).astype(x.dtype)
        return Step(x * scale, cotangent * scale, {}, {})

    return mistake


def another_rate(sound: Sound, *_: Any, train: bool, **how: Any) -> Step:
    wrong = RATE + 0.005
    return times(sound(rate=wrong), (1 - wrong) / (1 - RATE)) if train else sound()


def another_mask(sound: Sound, *_: Any, train: bool, seed: int) -> Step:
    other = sound(seed=seed + 2).grad_input
    return replace(sound(), grad_input=other) if train else sound()


def rows(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return random.random((shape[0], 1))


def columns(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return random.random((1, shape[1]))


def twice(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.tile(random.random((shape[0] // 2, shape[1])), (2, 1))


def in_pairs(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return random.random((shape[0], shape[1] // 2)).repeat(2, axis=1)


def one_row_kept(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    uniform = random.random(shape)
    uniform[7] = 1
    return uniform


def leaking(step: Step) -> Step:
    gradient = np.asarray(step.grad_input)
    return replace(step, grad_input=gradient + gradient.dtype.type(1e-6))


SCALES = {"scale of output", "scale of grad_input"}
SLICES, APART = {"kept in each slice"}, {"independence"}

MISTAKES: dict[str, tuple[Mistake, set[str]]] = {
    "scale 1 / rate": (in_training(lambda s: times(s, (1 - RATE) / RATE)), SCALES),
    "no scale": (in_training(lambda s: times(s, 1 - RATE)), SCALES),
    "scale off by 1e-6": (in_training(lambda s: times(s, 1 + 1e-6)), SCALES),
    "rate off by 0.005": (another_rate, {"kept fraction"}),
    "one mask for a row": (masked(rows), SLICES | APART),
    "one mask for a batch": (masked(columns), SLICES | APART),
    "one mask for half the batch": (masked(twice), APART),
    "one mask for two columns": (masked(in_pairs), APART),
    "a row that is kept": (masked(one_row_kept), SLICES),
    "a gradient with another mask": (another_mask, {"scale of grad_input"}),
    "a gradient without a mask": (
        in_training(leaking),
        {"scale of grad_input"},
    ),
    "active in evaluation": (
        lambda sound, *_, **how: sound(train=True),
        {"evaluation is the identity"},
    ),
    "scaled in evaluation": (
        lambda sound, *_, train, **how: sound() if train else times(sound(), 0.7),
        {"evaluation is the identity"},
    ),
    "never active": (lambda sound, *_, **how: sound(train=False), {"kept fraction"}),
    "one mask for all seeds": (
        lambda sound, *_, **how: sound(seed=0),
        {"another seed"},
    ),
    "a seed that does nothing": (
        lambda sound, *_, **how: sound(seed=None),
        {"the same seed again"},
    ),
    "another dtype": (
        in_training(lambda s: replace(s, output=s.output.astype(np.float64))),
        {"a step"},
    ),
    "NaN": (in_training(lambda s: times(s, math.nan)), {"a step"}),
}


@pytest.mark.parametrize(("mistake", "shows"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_fail(mistake: Mistake, shows: set[str]) -> None:
    assert shows <= failures(check(Mistaken(mistake)))


def test_the_mistaken_backend_is_sound_but_for_its_mistake() -> None:
    assert check(Mistaken(lambda sound, *_, **how: sound())).passed


def test_layers_that_share_a_mask_fail() -> None:
    class Shared(Wrapped):
        def forward(self, model: Any, spec: Spec, x: Any, **how: Any) -> Any:
            once = self.inner.forward(
                model[:1], replace(spec, layers=spec.layers[:1]), x, **how
            )
            return once / np.float32(1 - RATE)

    spec = Spec("two", (6,), [Dropout(RATE), Dropout(RATE)])
    assert check("torch", spec).passed
    assert failures(check(Shared(), spec)) == {"two layers draw two masks"}
