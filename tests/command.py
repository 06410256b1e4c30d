"""The command line, run in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest


class Outcome(NamedTuple):
    """What a command gave."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


def runner(capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that runs ``netspec`` with arguments."""

    from netspec.cli import main  # not before conftest.py has set the environment

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        assert isinstance(exit_.value.code, int)
        return Outcome(exit_.value.code, *capsys.readouterr())

    return run


def check_refused(outcome: Outcome, problem: str) -> None:
    """Assert exit code 2 and one line on stderr that states the problem."""
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert problem in outcome.err


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Inside, the system itself refuses to let a file be longer, in bytes."""
    import resource  # not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    keeps, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # else cut off
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = keeps
