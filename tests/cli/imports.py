"""What the tests of ``netspec import`` share."""

from __future__ import annotations

from pathlib import Path

from tests.command import Outcome
from tests.importing.symbol_files import Graph


def graph(folder: Path) -> tuple[Path, Path]:
    """The files of a net of MXNet."""
    made = Graph()
    made.dense(3, 168)
    made.batch_norm(3, gamma=2.0, fix_gamma="True")
    return made.write(folder)


def check_nothing(folder: Path, outcome: Outcome, *said: str, code: int = 2) -> None:
    """Assert that a command failed, said so, and wrote nothing."""
    assert outcome.code == code
    assert outcome.out == ""
    assert not (folder / "out.safetensors").exists()
    assert not (folder / "out.html").exists()
    lines = outcome.err.splitlines()
    notes = ("nets:", "nots:", "more:", "importing ", "printed by the net")
    assert all(line.startswith(("error: ", *notes)) for line in lines)
    for one in said:
        assert one in outcome.err
