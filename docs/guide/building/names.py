"""From lists of public names to what autodoc documents."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any

from building import examples
from netspec.layers import LAYERS

# What most people import; authors of layers and backends have guides of their own
EXEMPLIFIED = (
    "netspec",
    "netspec.certificates",
    "netspec.conformance",
    "netspec.conformance.kit",
    "netspec.differences",
    "netspec.importing",
    "netspec.signals",
)
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
        if module in EXEMPLIFIED and not meaning:
            lines += _example(examples.of(module, name))
    return "\n".join([*lines, "", "```"])


def _example(session: str) -> list[str]:
    if not session:
        return []
    shown = [".. rubric:: Example", "", ".. code-block:: pycon", ""]
    shown += [f"   {line}".rstrip() for line in session.splitlines()]
    return ["", *(f"   {line}".rstrip() for line in shown), ""]


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
