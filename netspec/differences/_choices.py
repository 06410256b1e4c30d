"""Compute the answers to the question of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from netspec.differences._code import Raised, evaluate, names_of
from netspec.differences._entry import Difference
from netspec.errors import NetspecError, said, shorten


class Option(NamedTuple):
    """An answer as it is shown.

    Attributes:
        letter: ``"a"``, ``"b"``, ...
        text: the answer.
        because: why it is right, or the misconception that leads to it.
        right: True for the one that is right.
    """

    letter: str
    text: str
    because: str
    right: bool


def options(entry: Difference, results: Mapping[str, Any]) -> tuple[Option, ...]:
    """Compute the answers to the question of an entry: numbers in order, then words.

    Args:
        entry: with or without a question.
        results: by framework, as `witness` or `recall` give them.

    Returns:
        The answers; none without a question.

    Raises:
        NetspecError: an answer cannot be computed, such as without a result.
    """
    found = []
    if entry.choices:
        names = names_of(entry, results)
    for choice in entry.choices:
        try:
            value = evaluate(choice.value, f"{entry.id}: choice", names)
        except Exception as error:
            raise NetspecError(
                f"{entry.id}: the choice {shorten(choice.value)} cannot be computed:"
                f" {type(error).__name__}: {said(error)}"
            ) from error
        found.append((_place(value), in_words(value), choice))
    ordered = sorted(found, key=lambda option: option[:2])
    return tuple(
        Option(letter, text, choice.because, choice.right)
        for letter, (_, text, choice) in zip("abcde", ordered, strict=False)
    )


def _place(value: Any) -> tuple[bool, float]:
    """Place numbers before words."""
    number = value.item() if getattr(value, "size", 0) == 1 else value
    return (False, float(number)) if isinstance(number, Real) else (True, 0.0)


def in_words(value: Any) -> str:
    """Write a result for a reader: four digits, an error by its type."""
    if isinstance(value, Raised):
        return f"an error, {value.partition(':')[0]}"
    if isinstance(value, np.ndarray):
        return in_words(value.item()) if value.size == 1 else in_words(value.tolist())
    if isinstance(value, list | tuple):
        inside = ", ".join(map(in_words, value))
        comma = "," * (len(value) == 1)
        return f"({inside}{comma})" if isinstance(value, tuple) else f"[{inside}]"
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    return str(value)
