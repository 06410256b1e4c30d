"""One program for both modes where no layer asks in which it is."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

Program = Callable[..., Any]

TRAIN: ContextVar[bool] = ContextVar("whether what is traced is for training")


class Asked:
    """The mode of what is traced, as a condition; it notes who asked for it."""

    def __init__(self) -> None:
        self.by: set[bool] = set()

    def __bool__(self) -> bool:
        train = TRAIN.get()
        self.by.add(train)
        return train


class ByMode:
    """Compiled programs of a function in evaluation and in training. XLA takes far
    longer to compile a small net than to run it, so one serves both as long as tracing
    it asks for no mode.

    Args:
        make: gives the program of a mode, which a layer may test as a condition.
        shared: False to compile each mode by itself in any case.
    """

    def __init__(self, make: Callable[[Any], Program], shared: bool) -> None:
        self._make = make
        self._asked = Asked()
        self._shared = make(self._asked) if shared else None
        self._apart: dict[bool, Program] = {}

    def __call__(self, train: bool, *given: Any) -> Any:
        """Run the program of a mode."""
        if self._shared is not None and self._asked.by <= {train}:
            token = TRAIN.set(train)
            try:
                result = self._shared(*given)
            finally:
                TRAIN.reset(token)
            if self._asked.by <= {train}:  # also where another thread has traced
                return result
        if train not in self._apart:
            self._apart[train] = self._make(train)
        return self._apart[train](*given)
