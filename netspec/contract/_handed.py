"""Keep a backend's hands off what is ours, and ours off what is the backend's.

What a backend is given are read-only copies, which are looked at again afterwards; what
it gives is copied into plain arrays before anything else is asked of it. So a backend
that writes where it should not is blamed itself, and the next one finds what the first
one found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np

from netspec.contract._protocol import Array, Backend, Step
from netspec.contract._trace import Trace
from netspec.contract._training import Trained, Watcher
from netspec.errors import NetspecError, shorten

T = TypeVar("T")

# By member, the names of what it takes by position
TAKES = {
    "compile": ("spec",),
    "params": ("model", "spec"),
    "load_params": ("model", "spec", "params"),
    "forward": ("model", "spec", "x"),
    "step": ("model", "spec", "x", "cotangent"),
    "trace": ("model", "spec", "x", "cotangent"),
    "train": ("model", "spec", "xs", "ys", "optimizer", "loss"),
}
LENT = frozenset({"params", "x", "cotangent", "xs", "ys"})


class HandlingError(NetspecError):
    """A backend wrote into what it was given, or gave something else than it should."""


class Handed:
    """A backend behind glass: what it is given and what it gives are copies.

    Two are equal where they hold the same object, whatever that object says of its own
    equality. Members that the backend lacks are missing here, too.

    Attributes:
        own: the backend itself.
        name: its name, asked for once.
    """

    def __init__(self, own: Backend, name: str) -> None:
        self.own = own
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handed) and self.own is other.own

    def __hash__(self) -> int:
        return id(self.own)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "own":  # as copies and pickles ask for
            raise AttributeError(name)
        member = getattr(self.own, name)
        return partial(_call, name, member) if name in TAKES else member

    # the members of `Backend`, of which type checkers must know

    def compile(self, *given: Any, **how: Any) -> Any:
        return self.__getattr__("compile")(*given, **how)

    def source(self, *given: Any, **how: Any) -> str:
        return self.own.source(*given, **how)

    def params(self, *given: Any, **how: Any) -> dict[str, Array]:
        found: dict[str, Array] = self.__getattr__("params")(*given, **how)
        return found

    def load_params(self, *given: Any, **how: Any) -> Any:
        return self.__getattr__("load_params")(*given, **how)

    def forward(self, *given: Any, **how: Any) -> Array:
        output: Array = self.__getattr__("forward")(*given, **how)
        return output

    def step(self, *given: Any, **how: Any) -> Step:
        step: Step = self.__getattr__("step")(*given, **how)
        return step


def handed(backend: Backend) -> Handed:
    """Put a backend behind glass; one that is there already stays as it is.

    Raises:
        NetspecError: it has no name.
    """
    return backend if isinstance(backend, Handed) else Handed(backend, name_of(backend))


def name_of(backend: object) -> str:
    """Return the name of a backend.

    Raises:
        NetspecError: it has none, or raises where it is asked for one.
    """
    try:
        name = getattr(backend, "name", None)
    except Exception as error:
        name = error
    if isinstance(name, str) and name:
        return str(name)
    raise NetspecError(
        "backends must be names, or objects with a name; received"
        f" {shorten(backend)}, whose name is {shorten(name)}"
    )


# What is given


class Loan(NamedTuple):
    """An array of ours, and the copy of it that a backend holds."""

    what: str
    ours: Array
    theirs: Array


def _call(name: str, member: Callable[..., Any], *given: Any, **how: Any) -> Any:
    """Call a member of a backend with copies, look at them again, and copy what it
    gives.
    """
    loans: list[Loan] = []
    named = zip(TAKES[name], given, strict=False)
    words = [_lend(loans, what, value) for what, value in named]
    options = {what: _lend(loans, what, value) for what, value in how.items()}
    received = member(*words, *given[len(words) :], **options)
    for what, ours, theirs in loans:
        if ours.tobytes() != theirs.tobytes():
            raise HandlingError(f"{name} wrote into the array it was given: {what}")
    return GIVES[name](received) if name in GIVES else received


def _lend(loans: list[Loan], what: str, value: Any) -> Any:
    if what == "watch" and callable(value):
        return _watching(value)
    if what not in LENT:
        return value
    if isinstance(value, Mapping):
        return {path: _copy(loans, str(path), array) for path, array in value.items()}
    return _copy(loans, what, value)


def _copy(loans: list[Loan], what: str, value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value  # to be refused
    copy = np.array(value)
    copy.flags.writeable = False
    loans.append(Loan(what, value, copy))
    return copy[...]  # a view is not made writable while what it looks at is not


def _watching(watch: Watcher) -> Watcher:
    return lambda step, params: watch(step, _by_path(params))


# What is received


def _plain(value: object, what: str = "the output") -> Array:
    """Copy an array, which is asked for nothing but its type before."""
    if type(value) is not np.ndarray:
        kind = type(value).__name__
        raise HandlingError(f"{what} is a {kind} where a NumPy array is expected")
    return np.array(value)


def _by_path(value: object, what: str = "") -> dict[str, Array]:
    if not isinstance(value, Mapping):
        kind = type(value).__name__
        raise HandlingError(f"a {kind} where arrays by path are expected")
    return {path: _plain(array, f"{what}{path}") for path, array in value.items()}


def _step(value: object) -> Step:
    step = _of_kind(Step, value)
    into = step.grad_input
    return Step(
        _plain(step.output),
        None if into is None else _plain(into, "grad_input"),
        _by_path(step.grad_params, "grad "),
        _by_path(step.state, "state "),
    )


def _trace(value: object) -> Trace:
    trace = _of_kind(Trace, value)
    outputs = _by_path(trace.outputs, "the output of ")
    return Trace(_step(trace.step), outputs, _by_path(trace.grads, "grad "))


def _trained(value: object) -> Trained:
    trained = _of_kind(Trained, value)
    return Trained(_plain(trained.losses, "losses"), _by_path(trained.params))


def _of_kind(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise HandlingError(
            f"a {type(value).__name__} where a {kind.__name__} is expected"
        )
    return value


GIVES: dict[str, Callable[[Any], Any]] = {
    "params": _by_path,
    "forward": _plain,
    "step": _step,
    "trace": _trace,
    "train": _trained,
}
