"""The table of verdicts on whole nets, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netspec.conformance import STATUSES
from tests.decided.nets import Net
from tests.decided.run import Decision

FILE = Path(__file__).with_name("VERDICTS.md")
HEAD = """# Whole nets, decided

Written by `make conform`. Each net is compared with the float64 reference by every
check, in float64 and float32, as `netspec conform` does it, on NumPy, PyTorch, Gluon
and JAX. The first seed of the nets that misled a suite and of those of
`examples/specs`, large ones aside, is compared on Flax, Keras (on JAX) and ONNX, too.
The verdicts are those on all seeds, the rows those of all seeds together, the seconds
the processor time of the longest run: two idle cores take a little more than half.

| net | from | parameters | seeds | verdict | rows | seconds |
| --- | --- | --: | --: | --- | --- | --: |
"""
Lines = dict[tuple[str, str], str]  # by the name of a net, and where it is from


def key(net: Net) -> tuple[str, str]:
    """Return by what the table knows a net."""
    return net.spec.name, net.source


def read() -> Lines:
    """Return the lines that are in the table."""
    text = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    lines = text.removeprefix(HEAD).splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {(each[0], each[1]): line for each, line in zip(cells, lines, strict=True)}


def write(lines: Mapping[tuple[str, str], str]) -> None:
    """Write the whole table."""
    FILE.write_text(HEAD + "\n".join(lines.values()) + "\n", encoding="utf-8")


def line(decision: Decision) -> str:
    """Write the line of a net."""
    spec, counts = decision.net.spec, decision.counts
    parameters = sum(parameter.size for parameter in spec.parameters().values())
    rows = ", ".join(f"{counts[s]:,} {s}" for s in STATUSES if counts[s])
    verdicts = ", ".join(f"{n} {word}" for word, n in decision.verdicts.items())
    cells = (
        *(*key(decision.net), f"{parameters:,}"),
        *(f"{len(decision.net.seeds)}", verdicts, rows, f"{decision.seconds:.0f}"),
    )
    return f"| {' | '.join(cells)} |"
