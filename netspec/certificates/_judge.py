"""Judge one backend, or the original, in one setting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from netspec.certificates._settings import Setting
from netspec.conformance import Case, Verdict, forecast
from netspec.conformance.judging import (
    compare,
    given_by,
    lacks,
    numerics_of,
    raised,
    refused,
    step_with,
    unsupported,
)
from netspec.conformance.report import Row
from netspec.contract import Array, Handed
from netspec.errors import BackendError

CHECKS = {"output": "outputs", "grad": "gradients", "grad_input": "gradients"}
DOUBTS = {"weak", "inconclusive"}
SHARP = "rounding alone may decide it in float32; it is sharp in float64"


class Judged(NamedTuple):
    """What came of one comparison.

    Attributes:
        rows: verdicts.
        received: the tensors, by name; none where there was no step.
    """

    rows: list[Row]
    received: Mapping[str, Array]


def judged(backend: Handed, case: Case, setting: Setting, own: bool) -> Judged:
    """Compare one step with the reference.

    Args:
        backend: a backend, or the original in the place of one.
        case: the numbers.
        setting: of the comparison.
        own: whether the model keeps the weights that it has, as the original does where
            its own are compared.
    """
    place = backend.name, setting.title, setting.dtype
    try:
        params = None if own else case.params
        model = backend.compile(case.spec, params=params, dtype=case.dtype)
        missing = lacks(backend)
        if setting.train and "training" in missing:
            verdict = unsupported(missing["training"])
            return Judged([_whole(place, setting.mode, verdict)], {})
        received = step_with(backend, model, case)
    except (BackendError, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Judged([_whole(place, setting.mode, refused(str(error)))], {})
    except BaseException as error:  # of code of others: SystemExit, too
        return Judged([_whole(place, setting.mode, raised(error))], {})
    numerics = numerics_of(backend, case)
    expected = given_by(backend, forecast(case, numerics))
    found = dict(compare(received, case, numerics, expected).verdicts)
    if "gradients" in missing:
        found["grad"] = unsupported(missing["gradients"])
    return Judged([*rows(place, setting.mode, found)], received)


def rows(
    place: tuple[str, str, str], mode: str, verdicts: Mapping[str, Verdict]
) -> Iterator[Row]:
    """Yield a row for each tensor of a step.

    Args:
        place: names of the backend and of the setting, and the dtype.
        mode: ``"evaluation"`` or ``"training"``.
        verdicts: by tensor.
    """
    backend, title, dtype = place
    for tensor, verdict in verdicts.items():
        check = CHECKS.get(tensor.partition(" ")[0], "state")
        yield Row(check, backend, title, dtype, f"{mode}: {tensor}", verdict)


def _whole(place: tuple[str, str, str], mode: str, verdict: Verdict) -> Row:
    backend, title, dtype = place
    return Row("outputs", backend, title, dtype, f"{mode}: step", verdict)


def settled(found: Iterable[Row]) -> list[Row]:
    """Return rows in which what float32 leaves open stands where float64 is sharp: a
    mistake of an import is one in both.
    """
    listed = list(found)
    good = {_place(row) for row in listed if row.verdict.good}
    return [_settled(row, good) for row in listed]


def _place(row: Row) -> tuple[str, ...]:
    return row.check, row.backend, row.spec, row.dtype, row.what


def _settled(row: Row, good: set[tuple[str, ...]]) -> Row:
    verdict = row.verdict
    twin = _place(replace(row, dtype="float64"))
    open_ = row.dtype == "float32" and verdict.status in DOUBTS
    if not open_ or twin not in good or not np.isfinite(verdict.used):
        return row
    return replace(row, verdict=replace(verdict, status="weak", reason=SHARP))
