"""Real text that is everywhere: what Python's own `help()` says of the language.

It is the module `pydoc_data.topics` of the standard library, so there is nothing to
install: 79 chapters of the language reference, 464,970 characters in Python 3.11 and
more in later ones, copyright of the Python Software Foundation, under the PSF License
Agreement (https://docs.python.org/3/license.html).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from data import Array, DataError, Dataset

NAME = "the topics of Python's help()"
EVERY = 10  # one window of so many is for testing


class Prose(NamedTuple):
    """Text, cut into windows.

    Attributes:
        alphabet: the characters that occur, in order; a token is an index.
        windows: `train_x`, int32 (windows, length), holds the tokens of the text, and
            `train_y`, int64, behind each of them the next one; `test_x` and `test_y`
            the same of every tenth window.
    """

    alphabet: str
    windows: Dataset

    def tokens(self, text: str) -> Array:
        """Look characters up in the alphabet: int32 (characters,).

        Raises:
            DataError: one is not in it, or there is none.
        """
        if not text:
            raise DataError(
                f"the start must not be empty; give some of {self.alphabet!r}"
            )
        if foreign := sorted(set(text) - set(self.alphabet)):
            raise DataError(
                f"the text has no {foreign[0]!r}, so that nothing is known of it; use"
                f" characters of {self.alphabet!r}"
            )
        return np.array([self.alphabet.index(char) for char in text], np.int32)


def topics() -> str:
    """All chapters, in the order of their names."""
    from pydoc_data.topics import topics as chapters

    return "\n".join(chapters[name] for name in sorted(chapters))


def cut(text: str, length: int) -> Prose:
    """Cut text into windows that follow each other.

    Args:
        text: any.
        length: tokens in a window.

    Raises:
        DataError: there is too little text for two windows.
    """
    alphabet = "".join(sorted(set(text)))
    place = {char: i for i, char in enumerate(alphabet)}
    tokens = np.array([place[char] for char in text], np.int32)
    count = (len(tokens) - 1) // length
    if count < 2:
        raise DataError(
            f"two windows of {length} need {2 * length + 1} characters, received"
            f" {len(text)}; cut shorter ones"
        )
    xs = tokens[: count * length].reshape(count, length)
    ys = tokens[1 : count * length + 1].reshape(count, length).astype(np.int64)
    test = np.arange(count) % EVERY == 0
    return Prose(alphabet, Dataset(NAME, xs[~test], ys[~test], xs[test], ys[test]))
