"""``netspec export``: the source of a model."""

from __future__ import annotations

from typing import Annotated

import typer

from netspec import api
from netspec.cli.options import Dtype, Output, SpecFile
from netspec.files import write_atomically
from netspec.spec import load


def export(
    spec: SpecFile,
    to: Annotated[str, typer.Option(metavar="BACKEND", help="Such as torch.")],
    output: Output = None,
    dtype: Dtype = "float32",
) -> None:
    """Write the source that builds SPEC; it needs only the framework."""
    source = api.export(load(spec), to, dtype=dtype)
    if output is None:
        typer.echo(source, nl=False)
    else:
        write_atomically(output, source.encode())
