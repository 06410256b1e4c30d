"""Exceptions, all derived from `NetspecError`, and helpers that word their messages.

A message names the path, the invariant, what was received and the remedy. The code that
finds a problem states it; the code that walks the document adds the path, once. What
was received may be long: `shorten` and `said` quote as much of it as a message needs,
and no message is longer than `LONGEST`.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Path = tuple[str | int, ...]

LONGEST = 3000  # characters of a message, whatever was received
WHOLE = 200  # characters that are quoted of what was received
SAID = 300  # characters that are quoted of another exception's message
PLACES = 5  # modules that are named of those with one problem


def excerpt(text: str, most: int) -> str:
    """Return a text of at most `most` characters, its middle left out if need be."""
    if len(text) <= most:
        return text
    gap = " ... "
    tail = (most - len(gap)) // 3
    return text[: most - len(gap) - tail] + gap + text[len(text) - tail :]


class NetspecError(ValueError):
    """Base of every error that netspec raises on purpose.

    Args:
        message: one of more than `LONGEST` characters loses its middle.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(excerpt(message, LONGEST))


class Problem(NamedTuple):
    """One mistake in a spec.

    Attributes:
        path: keys and indices from the top of the document to the mistake, for example
            ``("layers", 2, "body", 0)``.
        line: of the file, counted from 1; None where no file was read.
        text: the broken rule, what was received and the remedy.
    """

    path: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        where = render_path(self.path)
        said = f"{where} {self.text}" if where else self.text
        return f"{said} (line {self.line})" if self.line else said


class SpecError(NetspecError):
    """A spec, layer or initializer breaks a rule, or several.

    Attributes:
        problems: every mistake that was found, in the order of the document; what a
            later one would be behind a mistake in shapes is not known.
        source: the file that was read; None where none was.
    """

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem)
        self.problems: tuple[Problem, ...] = (Problem(path, None, problem),)
        self.source: str | None = None

    @classmethod
    def of(cls, problems: Iterable[Problem], source: str | None = None) -> SpecError:
        """Make one error of at least one problem."""
        listed = tuple(problems)
        made = cls(listed[0].text)
        made.problems, made.source = listed, source
        return made

    @property
    def problem(self) -> str:
        """The first mistake, with the rule, what was received and the remedy."""
        return self.problems[0].text

    @property
    def path(self) -> Path:
        """Where the first mistake is."""
        return self.problems[0].path

    def within(self, *prefix: str | int) -> SpecError:
        """Return this error with `prefix` in front of each path."""
        return SpecError.of(
            (p._replace(path=(*prefix, *p.path)) for p in self.problems), self.source
        )

    def lines(self) -> list[str]:
        """Say each mistake on a line of its own, after the name of the file."""
        before = f"{self.source}: " if self.source else ""
        return [excerpt(f"{before}{problem}", LONGEST) for problem in self.problems]

    def __str__(self) -> str:
        return excerpt("\n".join(self.lines()), LONGEST)


def gather(tries: Iterable[Callable[[], T]]) -> list[T]:
    """Return what each of several calls returns.

    Raises:
        SpecError: some of them raised one; it has the problems of all of these.
    """
    held: list[T] = []
    problems: list[Problem] = []
    for attempt in tries:
        try:
            held.append(attempt())
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError.of(problems)
    return held


class ParameterError(NetspecError):
    """Arrays, or a parameter file, do not fit the spec."""


class InputError(NetspecError):
    """An input array has the wrong shape, dtype or index range."""


class BackendError(NetspecError):
    """A backend cannot build, or refuses to build, what the spec asks for."""


class BackendNotInstalled(BackendError):
    """The backend is known but its framework is not installed."""


class Obstacle(NamedTuple):
    """What keeps one operation of a model from being imported.

    Attributes:
        module: dotted path of the module whose code has it; empty for the model itself.
        operation: as its framework calls it.
        shape: of what it gives, one example; None if it is not known.
        remedy: what is wrong, and what to do.
    """

    module: str
    operation: str
    shape: tuple[int, ...] | None
    remedy: str

    def __str__(self) -> str:
        shape = "" if self.shape is None else f" to {self.shape}"
        where = f"{self.module}: " if self.module else ""
        return f"{where}{self.operation}{shape}: {self.remedy}"


class ImportProblem(NetspecError):
    """A model cannot be imported as a whole, so nothing of it is.

    Attributes:
        problems: all of them, by module.
    """

    def __init__(self, name: str, problems: Sequence[Obstacle]) -> None:
        self.problems = tuple(sorted(set(problems), key=_by_module))
        count = len(self.problems)
        what = "one problem" if count == 1 else f"{count} problems"
        self._title = f"{shorten(name)} cannot be imported: {what}"
        listed = "\n".join(f"  {line}" for line in _grouped(self.problems))
        super().__init__(f"{self._title}\n{listed}")

    def lines(self) -> list[str]:
        """Say how many problems there are, and each on a line of its own."""
        return [self._title, *_grouped(self.problems)]


def _by_module(problem: Obstacle) -> tuple[str, str, str]:
    return problem.module, problem.operation, problem.remedy


def _grouped(problems: Sequence[Obstacle]) -> Iterator[str]:
    """Word problems that differ only in module and shape on one line."""
    alike: dict[tuple[str, str], list[Obstacle]] = {}
    for problem in problems:
        alike.setdefault((problem.operation, problem.remedy), []).append(problem)
    for first, *others in alike.values():
        modules = (other.module for other in others if other.module != first.module)
        places = list(dict.fromkeys(modules))
        shown = ", ".join(places[:PLACES]) + (", ..." if len(places) > PLACES else "")
        yield f"{first}{f' (and at {shown})' if places else ''}"


def render_path(path: Path) -> str:
    """Write a path as text: ``("layers", 2, "body", 0)`` as ``layers[2].body[0]``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")


LISTED = 60  # most names in an error: every layer, not every parameter of a large model


class _Short(reprlib.Repr):
    """Looks at no more of a value than it shows."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 3, most, most

    def repr_bytes(self, value: bytes, level: int) -> str:
        return self.repr_str(repr(value[: self.maxstring]), level)[1:-1]

    repr_bytearray = repr_bytes

    def repr_instance(self, value: object, level: int) -> str:
        spell = getattr(type(value), "_spell", None)
        if spell is None:
            return super().repr_instance(value, level)
        if level <= 0:
            return f"{type(value).__name__}(...)"
        spelled: str = spell(value, lambda held: self.repr1(held, level - 1))
        return excerpt(spelled, self.maxother)


def shorten(value: object, most: int = 60) -> str:
    """Return a repr that is short enough for an error message, on one line.

    Args:
        value: anything.
        most: characters of a text in it, and of an object; of all, at least `WHOLE`.
    """
    try:
        line = " ".join(_Short(most).repr(value).split("\n"))
        return excerpt(line, max(most, WHOLE))
    except Exception:  # an int with over 4300 digits, a cycle, a repr that raises
        return f"a value of type {type(value).__name__[:60]}"


def said(error: BaseException, *, first_line: bool = False) -> str:
    """Quote the message of another exception: on one line, and no more than a message
    of ours needs; the class of the exception where it says nothing.

    Args:
        error: of a framework, of the system, of code of the user's.
        first_line: True to leave out what comes after it.
    """
    try:
        message = str(error)
    except Exception:  # its author's mistake, of which the user need not hear
        message = ""
    if first_line:
        message = excerpt(message, 100 * SAID).strip().partition("\n")[0]
    return " ".join(excerpt(message, SAID).split()) or type(error).__name__


def nearest(name: object, known: Iterable[str]) -> str:
    """Suggest the known name closest to `name`, as in ``"; did you mean 'Dense'?"``;
    if none is close, list the known names.
    """
    names = sorted(known)
    asked = name[:60] if isinstance(name, str) else shorten(name)
    close = difflib.get_close_matches(asked, names, n=1)
    if not close:
        close = [n for n in names if n.lower() == asked.lower()]
    if close:
        return f"; did you mean {shorten(close[0])}?"
    more = ", ..." if len(names) > LISTED else ""
    listed = (excerpt(known_name, 60) for known_name in names[:LISTED])
    return f"; known: {', '.join(listed)}{more}"
