"""Specs are drawn from a seed, whatever else there is."""

from __future__ import annotations

import pytest
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.internal.conjecture.providers import HypothesisProvider

from netspec import layers as nl
from netspec.fuzzing import _draw, draw_spec, turns
from netspec.fuzzing.strategies import KINDS, sort_kinds

SEED = 1


def test_specs_are_different_and_the_same_for_the_same_seed() -> None:
    first, again = ([draw_spec(SEED, n) for n in range(20)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 20
    assert first != [draw_spec(SEED + 1, n) for n in range(20)]


def test_hypothesis_adds_nothing_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = [draw_spec(SEED, number) for number in range(20)]
    for draw in ("draw_integer", "draw_float", "draw_string"):
        monkeypatch.setattr(HypothesisProvider, draw, None)
    assert first == [draw_spec(SEED, number) for number in range(20)]


def test_specs_have_layers_of_every_kind() -> None:
    specs = [draw_spec(SEED, number) for number in range(len(turns()))]
    kinds = {type(node.layer) for spec in specs for node in spec.graph.walk()}
    assert kinds == set(KINDS)


def test_parameters_are_tied_now_and_then() -> None:
    assert any(draw_spec(SEED, number).ties for number in range(150))


def test_only_the_kinds_that_are_asked_for_are_drawn() -> None:
    kinds = sort_kinds([nl.Conv2D, nl.Dense, nl.Residual])
    specs = [draw_spec(SEED, number, kinds) for number in range(50)]
    found = {type(node.layer) for spec in specs for node in spec.graph.walk()}
    assert found == {nl.Conv2D, nl.Dense, nl.Residual}


def test_specs_are_those_that_hypothesis_draws_with_its_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = [draw_spec(3, number) for number in range(20)]
    monkeypatch.setattr(_draw, "_Data", ConjectureData)
    assert drawn == [draw_spec(3, number) for number in range(20)]
