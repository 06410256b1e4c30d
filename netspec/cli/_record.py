"""``netspec record``: a program that records what a model gives elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netspec._system import write_atomically
from netspec.cli.importing import parse_shape

Framework = Annotated[
    str, typer.Argument(metavar="FRAMEWORK", help="torch, mxnet, jax, keras, callable.")
]
Example = Annotated[
    str, typer.Option(metavar="SHAPE", help="Of one example, such as 3,224,224.")
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else printed.")
]


def record(framework: Framework, example: Example, output: Output = None) -> None:
    """Print one file that writes what a model gives, x.npz and y.npz, where it runs.

    It needs Python 3.6, NumPy and FRAMEWORK; netspec certify compares what it writes.
    """
    from netspec.certificates import recorder

    text = recorder(framework, parse_shape(example))
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(output, text.encode())
