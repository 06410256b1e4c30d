"""From lists of public names to what autodoc documents."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

from netspec.layers import LAYERS

FENCE = re.compile(r"^```\{names\} (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(module: str, listed: str) -> str:
    """Return the directives for the names of a list, one a line; what is neither a
    class nor a function has its meaning beside it.

    Raises:
        AttributeError: the module has no such name.
    """
    lines = ["```{eval-rst}"]
    for line in filter(None, listed.splitlines()):
        name, _, meaning = line.partition(": ")
        value = getattr(import_module(module), name)
        lines += ["", *_directive(f"{module}.{name}", value, meaning)]
    return "\n".join([*lines, "```"])


def _directive(name: str, value: Any, meaning: str) -> list[str]:
    if any(
        value is LAYERS[layer] for layer in LAYERS
    ):  # its methods are those of every layer
        return [f".. autoclass:: {name}"]
    if inspect.isclass(value):
        return [f".. autoclass:: {name}", "   :members:"]
    if inspect.isroutine(value) or hasattr(value, "__wrapped__"):
        return [f".. autofunction:: {name}"]
    if not meaning:
        raise ValueError(f"{name} is a value: write `name: what it is`")
    return [f".. py:data:: {name}", "", f"   {meaning}"]
