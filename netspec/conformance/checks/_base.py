"""What a check is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from netspec.conformance._subject import Subject, UnsupportedError
from netspec.conformance.judging import Verdict, raised

Findings: TypeAlias = Iterator[tuple[str, Verdict]]
"""What was looked at, such as ``"training: grad 0.weight"``, and what came of it."""

Check: TypeAlias = Callable[[Subject], Findings]
"""Compares a subject with what it should be. It may raise `UnsupportedError`; whatever
else a backend raises in it becomes a failure.
"""

MODES = {"evaluation": False, "training": True}


def of_step(subject: Subject, wanted: Callable[[str], bool]) -> Findings:
    """The verdicts on some tensors of a step, in both modes."""
    for mode, train in MODES.items():
        try:
            agreement = subject.agreement(train)
        except (UnsupportedError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit, too
            yield f"{mode}: step", raised(error)
            continue
        for tensor, verdict in agreement.verdicts.items():
            if wanted(tensor):
                yield f"{mode}: {tensor}", unless(agreement.ambiguous, verdict)


def unless(ambiguous: Mapping[str, int], verdict: Verdict) -> Verdict:
    """The verdict, unless units are on a kink, by path: then nothing is decided but
    what is malformed or missing.
    """
    if not ambiguous or math.isinf(verdict.used):
        return verdict
    units = ", ".join(f"{n} at {path}" for path, n in ambiguous.items())
    reason = f"units on a kink: {units}; try another seed"
    return replace(verdict, status="inconclusive", reason=reason)
