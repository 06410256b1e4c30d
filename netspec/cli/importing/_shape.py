"""Shapes as words of the command line."""

from __future__ import annotations

from netspec.errors import NetspecError, shorten

LARGEST = 2**31 - 1


def parse_shape(text: str) -> tuple[int, ...]:
    """Read a shape, such as ``"3,224,224"``.

    Raises:
        NetspecError: it is none.
    """
    words = [word.strip() for word in text.strip("()[] ").rstrip(",").split(",")]
    sizes = [int(word) if word.isdecimal() and len(word) < 12 else 0 for word in words]
    if not all(0 < size <= LARGEST for size in sizes):
        raise NetspecError(
            "--input is the shape of one example, without the batch, such as"
            f" 3,224,224, received {shorten(text)}"
        )
    return tuple(sizes)
