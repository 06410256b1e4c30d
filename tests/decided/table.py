"""The table of verdicts on whole nets, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from netspec.conformance import STATUSES
from tests.decided.run import Decision

FILE = Path(__file__).with_name("VERDICTS.md")
HEAD = """# Whole nets, decided

Written by `make conform`. Each net is compared with the float64 reference by every
check, on every backend, in float64 and float32, as `netspec conform` does it; the
verdicts are those on all seeds, the rows those of all seeds together, the seconds those
of the longest run, on two cores.

"""
COLUMNS = ("net", "from", "parameters", "seeds", "verdict", "rows", "seconds")


def document(decisions: Iterable[Decision]) -> str:
    """Write the whole table."""
    head = ["|".join(("", *COLUMNS, "")), "| --- | --- | --: | --: | --- | --- | --: |"]
    return HEAD + "\n".join([*head, *map(line, decisions)]) + "\n"


def line(decision: Decision) -> str:
    """Write the line of a net."""
    spec, counts = decision.net.spec, decision.counts
    parameters = sum(parameter.size for parameter in spec.parameters().values())
    rows = ", ".join(f"{counts[s]:,} {s}" for s in STATUSES if counts[s])
    verdicts = ", ".join(f"{n} {word}" for word, n in decision.verdicts.items())
    cells = (
        *(spec.name, decision.net.source, f"{parameters:,}"),
        *(f"{len(decision.net.seeds)}", verdicts, rows, f"{decision.seconds:.0f}"),
    )
    return f"| {' | '.join(cells)} |"
