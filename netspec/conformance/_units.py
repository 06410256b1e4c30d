"""Run the units of a plan in this process."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from functools import lru_cache

from threadpoolctl import ThreadpoolController

from netspec.conformance._localize import localize, modes_that_fail
from netspec.conformance._plan import Unit
from netspec.conformance._subject import RefusedError, Subject, UnsupportedError
from netspec.conformance.checks import CHECKS
from netspec.conformance.judging import failed, raised, refused, unsupported
from netspec.conformance.report import Done, Localization, Row
from netspec.contract import dtypes_of
from netspec.errors import BackendError

# Checks that compile whole nets with the framework's default options, as users do. The
# other checks compile quickly: otherwise compilation would dominate the run
AS_USERS_DO = frozenset({"outputs", "gradients", "state"})


def run_all(units: list[Unit]) -> Generator[Done | Localization]:
    """Run units, and yield the rows of each; then find where models that fail
    diverge.
    """
    failing: dict[Subject, str] = {}
    for unit in units:
        start = time.perf_counter()
        rows = run(unit)
        for mode in modes_that_fail(rows):
            failing.setdefault(unit.subject, mode)
        spent = time.perf_counter() - start
        yield Done(*unit.key, rows, spent, 0.0)
    for subject, mode in failing.items():
        yield localize(subject, mode)


def run(unit: Unit) -> list[Row]:
    """Run a unit and return its rows; a backend that raises gets a row for it.

    BLAS gets one thread: the reference multiplies many small matrices, for which
    threads wait more than they work, on a busy machine ten times as long.
    """
    subject = unit.subject
    quickly = subject.quick or subject.alone or unit.check not in AS_USERS_DO
    compiling = subject.quickly() if quickly else nullcontext()
    pools = _pools(len(sys.modules))
    with pools.limit(limits=1, user_api="blas"), compiling:
        return list(_rows(unit)) or [unit.row("", failed("the check judged nothing"))]


@lru_cache(maxsize=1)
def _pools(modules: int) -> ThreadpoolController:
    """Find the thread pools of all libraries, again where something was imported."""
    return ThreadpoolController()


def _rows(unit: Unit) -> Iterator[Row]:
    offered = dtypes_of(unit.subject.backend)
    if unit.subject.dtype not in offered:
        reason = f"the backend computes in {' and '.join(offered)} alone"
        yield unit.row("", unsupported(reason))
        return
    findings = CHECKS[unit.check](unit.subject)
    while True:
        try:
            what, verdict = next(findings)
        except StopIteration:
            return
        except KeyboardInterrupt:
            raise
        except (RefusedError, BackendError) as reason:
            yield unit.row("", refused(str(reason)))
            return
        except UnsupportedError as reason:
            yield unit.row("", unsupported(str(reason)))
            return
        except BaseException as error:  # SystemExit, too
            yield unit.row("", raised(error))
            return
        yield unit.row(what, verdict)
