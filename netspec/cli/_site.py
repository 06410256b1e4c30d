"""``netspec site``: the site, from a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write.")
]
Record = Annotated[
    bool,
    typer.Option(
        "--record",
        help="Run and ask all that is installed first, and record what it says, in"
        " netspec's own folder.",
    ),
]
Only = Annotated[
    str | None,
    typer.Option(metavar="ID", help="The page of one difference, and nothing else."),
]


def site(
    output: Folder = Path("site"), record: Record = False, only: Only = None
) -> None:
    """Build the site: each difference, each layer, quiz, class and lessons as pages.

    It needs a checkout and the extra `site`, and shows recordings where a framework is
    missing.
    """
    from netspec.site import build  # imports what the conformance suite needs

    files = build(output, only=only, recording=record)
    start = files[0] if only else output / "index.html"
    typer.echo(f"wrote {len(files)} files; open {start}")
