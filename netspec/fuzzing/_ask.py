"""Ask for work by value: a function that another process can import, and arguments that
it can read.

A mapper carries questions to where they are answered, and yields the answers in order.
That of this process calls the function; others may use processes, or machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, TypeAlias

from netspec.conformance import Subject
from netspec.conformance import script as script_of
from netspec.contract import Backend, KeepingBackend
from netspec.contract import backend as find
from netspec.declare.rules import Json
from netspec.fuzzing._offered import refusal
from netspec.fuzzing._trial import Finding, trial
from netspec.spec import Spec

NUMBERS = 0  # the seed of the numbers at which every spec is evaluated


class Question(NamedTuple):
    """One spec for one backend.

    Attributes:
        document: of the spec.
        backend: its name; or itself, which stays in this process.
        dtype: ``"float32"`` or ``"float64"``.
        folder: in which the backend may keep what it compiles; None for none.
    """

    document: Json
    backend: str | Backend
    dtype: str
    folder: str | None = None


class Lost(NamedTuple):
    """The answer of a process that gave none.

    Attributes:
        reason: such as ``"ended with 1"``.
        hung: True if it took too long.
    """

    reason: str
    hung: bool = False


Ask: TypeAlias = Callable[[Question], Any]
Mapper: TypeAlias = Callable[[Ask, Iterable[Question]], Iterator[Any]]


def here(ask: Ask, questions: Iterable[Question]) -> Iterator[Any]:
    """Answer questions in this process, each when its answer is wanted."""
    return map(ask, questions)


def try_one(question: Question) -> list[Finding]:
    """Return what does not pass."""
    spec, backend = _read(question)
    with keeping(backend, question.folder):
        return trial(spec, backend, question.dtype, NUMBERS)


def keeping(backend: Backend, folder: str | None) -> AbstractContextManager[Any]:
    """Return a context in which a backend keeps what it compiles, if it can."""
    if folder is None or not isinstance(backend, KeepingBackend):
        return nullcontext()
    return backend.kept(folder)


def refuse_one(question: Question) -> str:
    """Say why a spec is not for a backend; empty if it is."""
    spec, backend = _read(question)
    return refusal(spec, backend, question.dtype)


def script_for(question: Question, mode: str) -> str:
    """Write a script that shows a failure in a mode."""
    spec, backend = _read(question)
    return script_of(Subject(backend, spec, question.dtype, NUMBERS), mode)


def _read(question: Question) -> tuple[Spec, Backend]:
    backend = question.backend
    found = find(backend) if isinstance(backend, str) else backend
    return Spec.from_dict(question.document), found
