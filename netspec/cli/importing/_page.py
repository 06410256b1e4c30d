"""What came in, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.cli.importing._said import HEADERS, said_of
from netspec.html import render
from netspec.spec import HEADERS as LAYERS
from netspec.spec import rows

if TYPE_CHECKING:
    from netspec.importing import Imported


def render_page(found: Imported, source: Sequence[str], output: Path | None) -> str:
    """Render a page that needs no other file.

    Args:
        found: what was imported.
        source: the words that named it.
        output: the file that it is written to, if it is.
    """
    return render(
        "import.html",
        spec=found.spec,
        said=said_of(found, source),
        output=None if output is None else output.name,
        headers=HEADERS,
        names=found.names,
        shapes=found.spec.parameters(),
        layer_headers=LAYERS,
        layers=rows(found.spec.graph),
    )
