"""Nets inside nets, such as a U-Net, are printed in one pass."""

from __future__ import annotations

from typing import Any

import pytest

import netspec
from netspec import Dense, Layer, ReLU, Residual, Spec
from netspec.program.render import _printer

DEPTH = 4


def test_each_level_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    lines = _printer.Layout.lines

    def counted(*args: Any, **how: Any) -> Any:
        calls.append(None)
        return lines(*args, **how)

    monkeypatch.setattr(_printer.Layout, "lines", counted)
    layers: list[Layer] = [Dense(3)]
    for _ in range(DEPTH):
        layers = [Residual([*layers, ReLU()])]
    netspec.export(Spec("deep", (3,), layers), "torch")
    assert len(calls) < 20 * DEPTH
