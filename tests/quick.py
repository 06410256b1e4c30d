"""XLA in a hurry, where neither its speed nor its own choices are the claim."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any


def quickly(backend: Any) -> AbstractContextManager[None]:
    """Inside, a backend compiles quickly, if it can; only its rounding differs."""
    context: AbstractContextManager[None] = getattr(backend, "quick", nullcontext)()
    return context
