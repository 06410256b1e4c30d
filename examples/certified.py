"""What a certificate says, as a table of a row for each of those who computed, and as
its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.table import Table

from data import Array
from netspec import Backend, Spec
from netspec.certificates import Certificate

BATCH = 250


def table(
    made: Certificate,
    names: Mapping[str, str],
    shares: Mapping[str, Mapping[str, float]] | None = None,
) -> Table:
    """Make the table.

    Args:
        made: the certificate.
        names: of the original, first, and of the backends: what each is called.
        shares: more columns, by their heads: a share of all examples, 0 to 1, by
            backend.
    """
    heads = ("", "agree", "worst used/allowed", "same class")
    found = Table(
        *heads, *(shares or {}), box=None, pad_edge=False, padding=(0, 3, 0, 0)
    )
    chosen = {one.backend: f"{one.agree} of {one.examples}" for one in made.best}
    for backend, name in names.items():
        rows = [row for row in made.report.rows if row.backend == backend]
        good = sum(row.verdict.good for row in rows)
        ratios = [row.verdict.ratio for row in rows]
        worst = f"{max(ratios):.2g}" if ratios else "-"
        more = (f"{held[backend]:.1%}" for held in (shares or {}).values())
        cells = (f"{good} of {len(rows)}", worst, chosen.get(backend, "-"))
        found.add_row(name, *cells, *more)
    return found


def accuracy(
    backend: Backend, spec: Spec, params: Mapping[str, Array], x: Array, y: Array
) -> float:
    """Return the fraction of examples for which the largest output is the label's.

    Args:
        backend: that computes.
        spec: the model.
        params: its weights.
        x: examples, in the dtype of the weights.
        y: labels.
    """
    model = backend.compile(spec, params=dict(params), dtype=x.dtype.name)
    starts = range(0, len(x), BATCH)
    outputs = [backend.forward(model, spec, x[i : i + BATCH]) for i in starts]
    return float((np.concatenate(outputs).argmax(axis=1) == y).mean())


def write(made: Certificate, folder: Path) -> None:
    """Write the certificate as a page and for programs, and print what it came to."""
    made.to_html(folder / "certificate.html")
    (folder / "certificate.json").write_text(made.to_json(), encoding="utf-8")
    print(f"\n{made.verdict}. The page that proves it: {folder / 'certificate.html'}")
