"""What exported files leave out: things of a module by whose names a definition means
something of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.program.test_render import carried_source, write_package

TEXT = """
def gate(): pass
def scale(x): return 2 * x
def rate(): return 3
count = 5
class Layer:
    def __init__(self, gate=4): self.gate = gate
    def value(self):
        global count
        count += 1
        gate, rates = self.gate, sum(rate for rate in (1, 2))
        def inner(): scale = 1; return scale
        return scale(gate) + inner() + rates + (lambda gate: gate)(rate()) + count
"""


def test_names_that_a_function_binds_itself_are_not_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    source = carried_source(write_package(tmp_path, one=TEXT), "one:Layer")
    found: dict[str, Any] = {}
    exec(source, found)
    assert found["build"]()[0].value() == 8 + 1 + 3 + 3 + 6
    assert "gate" not in found
