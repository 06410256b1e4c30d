"""Runs a bug, and says who saw it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import netspec
from netspec.conformance import plan, run
from netspec.conformance.checks import CHECKS
from netspec.conformance.report import Row
from netspec.contract import Array, Backend, dtypes_of
from netspec.spec import Spec, init_params, save_params
from tests.kills.bug import DTYPES, Bug
from tests.kills.files import Reader
from tests.kills.imported import Importer

# Cheap, and run on every bug: who else sees it?
STEP = ("outputs", "gradients", "state")


@dataclass(frozen=True)
class Sighting:
    """What came of a bug.

    Attributes:
        ran: the checks that had something to look at.
        kills: for each check and dtype that failed, the largest used over allowed.
        crashes: rows that raised, which only shows that the bug is planted badly.
    """

    ran: frozenset[str]
    kills: dict[tuple[str, str], float]
    crashes: tuple[str, ...]

    def dtypes(self, check: str) -> tuple[str, ...]:
        """In which a check saw the bug."""
        return tuple(dtype for dtype in DTYPES if (check, dtype) in self.kills)

    def margin(self, bug: Bug) -> float:
        """Used over allowed of the weakest kill that the bug asks for; 0 if one is
        missing.
        """
        wanted = [(check, dtype) for check in bug.seen_by for dtype in bug.dtypes]
        return min(self.kills.get(kill, 0.0) for kill in wanted)


def checks_for(bug: Bug) -> list[str]:
    """The checks that are run on a bug."""
    return [check for check in CHECKS if check in {*STEP, *bug.seen_by}]


def rows_of(backend: Backend, spec: Spec, checks: Iterable[str]) -> list[Row]:
    """The rows of a conformance run, without naming the first divergent layer; of a
    certificate, where models are imported.
    """
    if isinstance(backend, Importer | Reader):
        return backend.certified(spec, checks)
    offered = [dtype for dtype in DTYPES if dtype in dtypes_of(backend)]
    with TemporaryDirectory() as folder:
        held = {}
        if "trained" in checks:
            held[spec.name] = str(Path(folder, "trained.safetensors"))
            save_params(held[spec.name], spec, trained(spec))
        units = plan(spec, backend, offered, checks, weights=held)
        return [row for unit in units for row in run(unit)]


def trained(spec: Spec) -> dict[str, Array]:
    """Weights as training may leave them: larger than they are drawn."""
    drawn = init_params(spec, 0)
    return {
        path: 32 * drawn[path] if parameter.trainable else drawn[path]
        for path, parameter in spec.parameters().items()
    }


def observe(bug: Bug) -> Sighting:
    """Plant a bug and run the checks."""
    with np.errstate(over="ignore", invalid="ignore"):  # in the reference, too
        rows = rows_of(bug.inject(bug.backend), bug.spec, checks_for(bug))
    kills: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.verdict.status == "fail":
            key = row.check, row.dtype
            kills[key] = max(kills.get(key, 0.0), row.verdict.ratio)
    crashes = tuple(str(row) for row in rows if _raised(row) and not bug.raises)
    return Sighting(frozenset(row.check for row in rows), kills, crashes)


def _raised(row: Row) -> bool:
    return row.check != "errors" and row.verdict.reason.startswith("raised")


def sound(row: Row) -> bool:
    """Whether a row is a pass, or of what a backend lacks."""
    return row.verdict.good or row.verdict.status == "unsupported"


def control(bug: Bug) -> list[Row]:
    """What the checks say of the backend without the bug."""
    injected, checks = bug.inject(bug.backend), tuple(checks_for(bug))
    if isinstance(injected, Reader):
        return rows_of(injected.sound(), bug.spec, checks)
    imports = isinstance(injected, Importer)
    return _control(bug.backend, bug.sound or bug.spec, checks, imports)


@lru_cache
def _control(
    backend: str, spec: Spec, checks: tuple[str, ...], imports: bool
) -> list[Row]:
    sound = Importer(backend) if imports else netspec.backend(backend)
    return rows_of(sound, spec, checks)


def wrong_sightings(bug: Bug, seen: Sighting) -> list[str]:
    """Where a bug was not seen as it should be, in words."""
    found = list(seen.crashes)
    for check in bug.seen_by:
        if seen.dtypes(check) != tuple(d for d in DTYPES if d in bug.dtypes):
            by = " and ".join(seen.dtypes(check)) or "no dtype"
            found.append(f"{check} must see it in {' and '.join(bug.dtypes)}, not {by}")
    return found


def margin_text(ratio: float) -> str:
    """Used over allowed in two digits."""
    return "∞" if math.isinf(ratio) else f"{ratio:.2g}"
