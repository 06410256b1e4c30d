"""What is compiled and imported has a certificate that passes: the bugs of importers
that the kill matrix has are seen, and nothing else is.
"""

from __future__ import annotations

import pytest

import netspec as ns
from tests.kills.bugs.importing import BUGS
from tests.kills.imported import Importer
from tests.kills.observe import rows_of

CASES = {(bug.backend, bug.sound or bug.spec, bug.seen_by): bug.name for bug in BUGS}


@pytest.mark.parametrize(("backend", "spec", "checks"), CASES, ids=CASES.values())
def test_without_the_bug(backend: str, spec: ns.Spec, checks: tuple[str, ...]) -> None:
    if not ns.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")
    rows = rows_of(Importer(backend), spec, checks)
    assert rows
    assert [str(row) for row in rows if not row.verdict.good] == []
