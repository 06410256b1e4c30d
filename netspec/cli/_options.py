"""Arguments that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SpecFile = Annotated[
    str,
    typer.Argument(
        metavar="SPEC",
        help="A YAML or JSON file, or a safetensors file of a spec and its weights;"
        " - is standard input.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where to write."),
]
Dtype = Annotated[str, typer.Option(metavar="DTYPE", help="float32 or float64.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]
