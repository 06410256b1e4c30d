"""Other tests register layers of their own; these look at ours alone."""

from __future__ import annotations

import pytest

from netspec.fuzzing.strategies import KINDS


@pytest.fixture(autouse=True)
def our_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {kind.__name__: kind for kind in KINDS}
    monkeypatch.setattr("netspec.fuzzing._offered.LAYERS", ours)


@pytest.fixture
def few_layers(our_layers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ours these alone: what is drawn does not change where layers are added."""
    few = {"Dense", "Identity", "LayerNorm", "Tanh"}
    held = {kind.__name__: kind for kind in KINDS if kind.__name__ in few}
    monkeypatch.setattr("netspec.fuzzing._offered.LAYERS", held)
