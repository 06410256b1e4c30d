"""Last bits that depend on what a process ran before: the source check compares an
exported file with the model as a process like that of the file builds it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from netspec import Dense, Spec
from netspec.conformance import conform
from netspec.conformance.checks import _source as source

NET = Spec("net", (3,), [Dense(2)])
# A backend that, after a first forward pass, rounds otherwise, or is 1 % off
MOODY = """
import numpy as np
import netspec_torch

class Moody(type(netspec_torch.backend)):
    name = "moody"
    factor = np.float32(1 + 2**-23)
    calm = 2
    calls = 0

    def _forward(self, *given):
        Moody.calls += 1
        output = super()._forward(*given)
        return output * self.factor if self.calls > self.calm else output

class Wrong(Moody):
    factor = np.float32(1.01)

class Fickle(Moody):
    calm = 0
"""


@pytest.fixture
def moody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "moody.py").write_text(MOODY)
    monkeypatch.syspath_prepend(tmp_path)
    return import_module("moody")


def test_bits_that_depend_on_history_pass(moody: Any) -> None:
    moody.Moody.calls = 2
    report = conform(NET, moody.Moody(), "float32", "source")
    assert report.passed, report.bad
    reasons = {row.what: row.verdict.reason for row in report.rows}
    assert "depend on what the process ran before" in reasons["evaluation"]
    assert not reasons["training"]


def test_bits_that_differ_in_a_new_process_too_fail(moody: Any) -> None:
    report = conform(NET, moody.Fickle(), "float32", "source")
    assert report.verdict == "FAILED"
    assert all("in a new process, too" in row.verdict.reason for row in report.bad)


def test_what_is_more_than_rounding_fails_at_once(
    moody: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_built_anew", lambda *_: pytest.fail("ran again"))
    moody.Moody.calls = 2
    report = conform(NET, moody.Wrong(), "float32", "source")
    assert report.verdict == "FAILED"


def test_what_cannot_run_again_fails(moody: Any) -> None:
    moody.Moody.calls = 2

    class Local(moody.Moody):  # type: ignore[misc]
        """Declared where nothing can import it."""

    report = conform(NET, Local(), "float32", "source")
    assert report.verdict == "FAILED"
    assert all("could not run again" in row.verdict.reason for row in report.bad)
