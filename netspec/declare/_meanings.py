"""What the documentation of a declaration says, as data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from netspec.declare._fields import Declared

SECTION = re.compile(r"^(?:Attributes|Args):\n", re.M)
ENTRY = re.compile(r"\n(?=    \w+:)")


def meanings_of(kind: type[Declared]) -> Mapping[str, str]:
    """Return what the docstring says of each field, in its section ``Attributes:`` or
    ``Args:``; of inherited fields, what the base says.
    """
    found: dict[str, str] = {}
    for base in kind.__mro__:
        _, *said = SECTION.split(inspect.cleandoc(base.__doc__ or ""), maxsplit=1)
        for entry in ENTRY.split("".join(said).partition("\n\n")[0]):
            name, colon, text = entry.strip().partition(":")
            if colon:
                found.setdefault(name, " ".join(text.split()))
    return found
