"""Import one model, and make its certificate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from netspec.certificates import Certificate
from netspec.errors import ImportProblem, Obstacle, excerpt
from tests.imports.certified import LARGEST, affordable, certified
from tests.imports.originals import Missing, Original

FAMILIES: Mapping[str, str] = {
    "torchvision": "vision",
    "torchvision, narrow": "narrow",
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
        certificate: what it came to.
        worst: the largest share of its tolerance that a tensor used.
        bits: how many tensors of the backend beside it have its bits.
        seconds: of the processor, for the import and for all.
        met: whether it came in and its certificate passes.
    """

    family: str
    net: str
    verdict: str
    shape: str = ""
    parameters: str = ""
    certificate: str = ""
    worst: str = ""
    bits: str = ""
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
    """Build a model, import it, and make its certificate."""
    start = time.process_time()
    try:
        original: Original = _module(family).original(net)
    except Missing as error:
        return Line(family, net, str(error))
    shape = " x ".join(map(str, original.shape))
    begun = time.process_time()
    try:
        imported = original.read()
    except ImportProblem as error:
        return Line(family, net, said(error.problems), shape)
    read = time.process_time() - begun
    made = certified(original, imported) if affordable(imported) else None
    whole = time.process_time() - start
    only = f", without {len(imported.training_only)} of training"
    line = Line(
        family,
        net,
        f"yes{only if imported.training_only else ''}",
        shape,
        f"{sum(array.size for array in imported.params.values()):,}",
        f"none: more than {LARGEST:,} parameters",
        seconds=f"{read:.1f} of {whole:.1f}",
    )
    return line if made is None else filled(line, made)


def filled(line: Line, made: Certificate) -> Line:
    """Fill in what a certificate came to."""
    dtypes = " and ".join(made.compared.dtypes)
    counts = ", ".join(f"{n:,} {status}" for status, n in made.report.counts.items())
    trained = " and training" * ("training" in made.compared.modes)
    first = next((row for row in made.report.rows if not row.verdict.good), None)
    where = f"; {first.backend}: {first.what}: {first.verdict.reason}" if first else ""
    passed = f"PASSED in {dtypes}{trained}"
    ratios = [row.verdict.ratio for row in made.report.rows]
    shares = (f"{bits.equal:,} of {bits.total:,}" for bits in made.bits)
    return line._replace(
        certificate=passed if made.passed else f"**{made.verdict}**: {counts}{where}",
        worst=f"{max(ratios):.1e}" if ratios else "",
        bits=", ".join(shares),
        met=made.passed,
    )


def said(problems: tuple[Obstacle, ...]) -> str:
    """Word why a model did not come in, on one line."""
    alike = dict.fromkeys(f"{one.operation}: {one.remedy}" for one in problems)
    shown = [excerpt(" ".join(one.split()), 140) for one in alike][:SHOWN]
    more = f"; and {len(alike) - SHOWN} more" if len(alike) > SHOWN else ""
    return f"no: {'; '.join(shown)}{more}".replace("|", "\\|")
