"""Import one model, and compare it with what it was."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from netspec.errors import ImportProblem, Obstacle, excerpt
from tests.imports.compared import compared
from tests.imports.originals import Missing, Original

FAMILIES: Mapping[str, str] = {
    "torchvision": "vision",
    "Gluon's zoo": "zoo",
    "onnx": "light",
}
SHOWN = 3  # problems of a model that is not imported


class Line(NamedTuple):
    """What came of a model.

    Attributes:
        family: where it is from.
        net: its name; empty for all of the family.
        verdict: whether it came in, or why not.
        shape: of an example; empty where it was not built.
        parameters: how many.
        distance: of its outputs.
        seconds: of the import, and of all.
        met: whether it came in and is what it was.
    """

    family: str
    net: str
    verdict: str
    shape: str = ""
    parameters: str = ""
    distance: str = ""
    seconds: str = ""
    met: bool = False


def names(family: str) -> list[str]:
    """List the models of a family.

    Raises:
        Missing: what it needs is not installed.
    """
    found: list[str] = _module(family).names()
    return found


def _module(family: str) -> Any:
    """Return the module of a family, which has its `names` and makes its `original`."""
    return import_module(f"tests.imports.{FAMILIES[family]}")


def attempt(family: str, net: str) -> Line:
    """Build a model, import it, and compare the outputs of both."""
    start = time.perf_counter()
    try:
        original: Original = _module(family).original(net)
    except Missing as error:
        return Line(family, net, str(error))
    shape = " x ".join(map(str, original.shape))
    begun = time.perf_counter()
    try:
        imported = original.read()
    except ImportProblem as error:
        return Line(family, net, said(error.problems), shape)
    read = time.perf_counter() - begun
    found = compared(original, imported)
    distance = "same bits" if found.same else f"{found.distance:.1e}"
    whole = time.perf_counter() - start
    only = f", without {len(imported.training_only)} of training"
    return Line(
        family,
        net,
        f"yes{only if imported.training_only else ''}",
        shape,
        f"{sum(array.size for array in imported.params.values()):,}",
        f"{distance} ({original.dtype})" if found.met else f"**{distance}**",
        f"{read:.1f} of {whole:.1f}",
        found.met,
    )


def said(problems: tuple[Obstacle, ...]) -> str:
    """Word why a model did not come in, on one line."""
    alike = dict.fromkeys(f"{one.operation}: {one.remedy}" for one in problems)
    shown = [excerpt(" ".join(one.split()), 140) for one in alike][:SHOWN]
    more = f"; and {len(alike) - SHOWN} more" if len(alike) > SHOWN else ""
    return f"no: {'; '.join(shown)}{more}".replace("|", "\\|")
