"""Types of checks, and helpers that several checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from netspec.conformance._subject import Subject, UnsupportedError
from netspec.conformance.judging import Verdict, raised, refused, unsupported
from netspec.errors import BackendError

Findings: TypeAlias = Iterator[tuple[str, Verdict]]
"""Pairs of what was compared, such as ``"training: grad 0.weight"``, and a verdict."""

Check: TypeAlias = Callable[[Subject], Findings]
"""A function that compares a subject with what it should be. It may raise
`UnsupportedError`; any other exception of a backend becomes a failure.
"""

MODES = {"evaluation": False, "training": True}


def of_step(subject: Subject, wanted: Callable[[str], bool], *needs: str) -> Findings:
    """Yield the verdicts on the tensors of a step that are wanted, in both modes.

    Args:
        subject: the model of a backend.
        wanted: tells by its name whether a tensor is wanted.
        needs: what a backend may declare that it lacks, and these tensors need.
    """
    for mode, train in MODES.items():
        if reason := subject.lacks(*needs, *["training"] * train):
            yield f"{mode}: step", unsupported(reason)
            continue
        try:
            agreement = subject.agreement(train)
        except BackendError as error:  # what it cannot build is refused as a whole
            yield f"{mode}: step", refused(str(error))
            continue
        except (UnsupportedError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit, too
            yield f"{mode}: step", raised(error)
            continue
        for tensor, verdict in agreement.verdicts.items():
            if wanted(tensor):
                yield f"{mode}: {tensor}", verdict
