"""``netspec export --side-by-side``: a column for each framework."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from netspec._system import write_atomically
from netspec.cli._frameworks import make_each
from netspec.cli.side_by_side._columns import line_up
from netspec.cli.side_by_side._page import render_page
from netspec.cli.side_by_side._terminal import WIDTH, render_table
from netspec.contract import ListingBackend, Writer
from netspec.errors import BackendError, NetspecError, shorten
from netspec.program.render import Listing
from netspec.spec import Spec

PAGES = (".html", ".htm")


def show_columns(
    spec: Spec, names: tuple[str, ...], dtype: str, output: Path | None
) -> list[str]:
    """Print columns or write them as a page; return the refusals.

    Args:
        spec: the model.
        names: of the backends.
        dtype: of the model.
        output: the page; None to print.

    Raises:
        BackendError: the only backend refuses.
        NetspecError: the output is no page, or cannot be written.
    """
    if output and output.suffix.lower() not in PAGES:
        raise NetspecError(f"{output}: --side-by-side writes HTML; give a .html name")

    def listing(backend: Writer) -> Listing:
        if not isinstance(backend, ListingBackend):
            raise BackendError(
                f"backend {shorten(backend.name)} has no source layer by layer; it has"
                " no method `listing`"
            )
        return backend.listing(spec, dtype=dtype)

    listings, refusals = make_each(names, listing)
    columns = line_up(spec, dtype, listings)
    if listings and output:
        write_atomically(output, render_page(columns).encode())
    elif listings:
        # A pipe has no width of its own
        width = None if sys.stdout.isatty() else WIDTH
        console = Console(width=width, highlight=False, emoji=False)
        console.print(render_table(columns, console.width))
    return refusals
