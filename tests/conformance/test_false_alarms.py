"""Sound backends pass on random models; `make fuzz` runs 300 of them."""

from __future__ import annotations

from collections import Counter

import pytest

import netspec
from tests.fuzz.draw import draw_spec
from tests.fuzz.trial import trial

SEED, MODELS = 1, 12
DTYPES = ("float32", "float64")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(MODELS))
@pytest.mark.parametrize("backend", ["torch", "gluon", "jax"])
def test_a_sound_backend_passes(backend: str, number: int) -> None:
    if not netspec.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")
    spec, found = draw_spec(SEED, number), netspec.backend(backend)
    findings = [f for dtype in DTYPES for f in trial(number, spec, found, dtype)]
    bad = [f for f in findings if f.status in ("fail", "inconclusive")]
    assert bad == [], f"{spec!r}"


def test_models_are_different_and_the_same_for_the_same_seed() -> None:
    first, again = ([draw_spec(SEED, n) for n in range(20)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 20
    assert first != [draw_spec(SEED + 1, n) for n in range(20)]


def test_models_have_layers_of_most_kinds() -> None:
    specs = [draw_spec(SEED, number) for number in range(100)]
    kinds = Counter(type(n.layer).__name__ for s in specs for n in s.graph.walk())
    assert len(kinds) > 30
