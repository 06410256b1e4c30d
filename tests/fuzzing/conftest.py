"""Other tests register layers of their own; these look at ours alone."""

from __future__ import annotations

import pytest

from netspec.fuzzing.strategies import KINDS


@pytest.fixture(autouse=True)
def our_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = {kind.__name__: kind for kind in KINDS}
    monkeypatch.setattr("netspec.fuzzing._offered.LAYERS", ours)
