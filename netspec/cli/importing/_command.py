"""The command: read a model, say what came in, and write it."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from netspec._system import check_apart, shown_path, write_together
from netspec.cli._options import Output
from netspec.cli._progress import slow
from netspec.cli._writable import check_writable
from netspec.cli.importing._page import render_page
from netspec.cli.importing._shape import parse_shape
from netspec.cli.importing._sources import How, read
from netspec.cli.importing._terminal import show
from netspec.errors import NetspecError

if TYPE_CHECKING:
    from netspec.importing import Imported

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="A graph of MXNet and its arrays, a model of ONNX, or module:function.",
    ),
]
Example = Annotated[
    str | None,
    typer.Option(
        "--input",
        "--example",
        metavar="SHAPE",
        help="Shape of one example, without the batch, such as 3,224,224.",
    ),
]
Integers = Annotated[
    bool, typer.Option("--integers", help="The input is indices, as of words.")
]
EvaluationOnly = Annotated[
    bool,
    typer.Option(
        "--evaluation-only",
        help="Take what evaluation computes, where training computes something else.",
    ),
]
Head = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which of several outputs.")
]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="Of the model.")]
ReportPage = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the report as a page.")
]


def import_model(
    source: Sources,
    example: Example = None,
    output: Output = None,
    report: ReportPage = None,
    integers: Integers = False,
    evaluation_only: EvaluationOnly = False,
    head: Head = None,
    name: Name = None,
) -> None:
    """Import a trained model: its spec, weights and their names become one file.

    SOURCE is net-symbol.json net-0000.params; or model.onnx; or module:function, code
    of yours that is run and gives a module of PyTorch or a block of Gluon. Files run no
    code. Exit code 1 if something stands in the way: all of it is listed, and nothing
    is written.
    """
    places = [place for place in (output, report) if place is not None]
    for place in places:
        check_writable(place)
    check_apart(places, source)
    shape = None if example is None else parse_shape(example)
    how = How(shape, integers, evaluation_only, head, name)
    with slow(f"importing {' '.join(source)}"):
        found = read(source, how)
        _check(found, " and ".join(source))
    show(found, source)
    if places:
        _write(found, source, output, report)
    else:
        typer.echo("nothing is written; give -o FILE", err=True)


def _check(found: Imported, source: str) -> None:
    """Refuse numbers that no command takes."""
    from netspec.spec import check_values

    try:
        check_values(found.spec, found.params)
    except NetspecError as error:
        raise type(error)(f"{source}: {error}") from None


def _write(
    found: Imported, source: list[str], output: Path | None, report: Path | None
) -> None:
    contents: dict[Path, Callable[[BinaryIO], object]] = {}
    if output is not None:
        contents[output] = found.write
    if report is not None:
        page = render_page(found, source, output)
        contents[report] = methodcaller("write", page.encode())
    with slow("writing"):
        write_together(contents)
    for path in contents:
        typer.echo(shown_path(path), err=True)
