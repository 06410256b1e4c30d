"""The suite proves itself: every seeded bug is seen by the checks that should see it,
in the dtypes in which they should; the backends without the bugs pass.
"""

from __future__ import annotations

import pytest

import netspec
from netspec.conformance.checks import CHECKS
from tests.kills import matrix
from tests.kills.bug import Bug
from tests.kills.families import FAMILIES
from tests.kills.observe import control, observe, sound, wrong_sightings

BUGS = [(family, bug) for family, bugs in FAMILIES.items() for bug in bugs]
IDS = [f"{family}: {matrix.title(bug)}" for family, bug in BUGS]


def marks(bug: Bug) -> list[pytest.MarkDecorator]:
    """XLA compiles each model for seconds; an exported file starts a process."""
    return [pytest.mark.slow] * (
        bug.backend in ("jax", "keras") or "source" in bug.seen_by
    )


PARAMS = [
    pytest.param(*row, id=name, marks=marks(row[1]))
    for row, name in zip(BUGS, IDS, strict=True)
]


@pytest.mark.parametrize(("family", "bug"), PARAMS)
def test_bug_is_killed(family: str, bug: Bug) -> None:
    if not netspec.backends()[bug.backend].installed:
        pytest.skip(f"{bug.backend} is not installed")
    seen = observe(bug)
    assert wrong_sightings(bug, seen) == []
    assert seen.margin(bug) > 1
    rows = control(bug)
    assert rows
    assert [str(row) for row in rows if not sound(row)] == []
    assert matrix.cells(bug, seen) == matrix.committed()[family, matrix.title(bug)]


def test_the_matrix_has_a_row_for_each_bug_and_no_other() -> None:
    rows = [key for key in matrix.committed() if key[1] not in ("bug", "---")]
    assert rows == [(family, matrix.title(bug)) for family, bug in BUGS]


def test_every_check_kills() -> None:
    assert {check for _, bug in BUGS for check in bug.seen_by} == set(CHECKS)


def test_a_bug_that_nobody_sees_is_reported() -> None:
    harmless = BUGS[0][1].__class__(
        "none", netspec.backend, BUGS[0][1].spec, ("outputs",)
    )
    seen = observe(harmless)
    assert seen.margin(harmless) == 0
    assert "not no dtype" in wrong_sightings(harmless, seen)[0]
