"""``netspec certify``: is this file what somebody trained?"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from netspec._system import check_apart, write_atomically
from netspec.cli._writable import check_writable
from netspec.cli.importing import build, is_code, parse_shape
from netspec.errors import NetspecError, said, shorten

if TYPE_CHECKING:
    from netspec.certificates import Certificate

CODES = {"PASSED": 0, "FAILED": 1, "UNDECIDED": 3}
STANDARD_OUTPUT = Path("-")
LARGEST = 2**28  # bytes of a certificate that is read

File = Annotated[
    str, typer.Argument(metavar="MODEL", help="What netspec import wrote.")
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ORIGINAL",
        help="module:build, which is run; or, given twice, the files of MXNet.",
    ),
]
Example = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SHAPE", help="Of one example, such as 3,224,224; may be repeated."
    ),
]
Inputs = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A batch of your own, .npz or .npy.")
]
Outputs = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What the original gave for it: see record."),
]
Backends = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Beside it; may be repeated. All installed."),
]
Dtypes = Annotated[
    list[str] | None,
    typer.Option(metavar="DTYPE", help="float64 or float32; may be repeated. Both."),
]
EvaluationOnly = Annotated[
    bool, typer.Option("--evaluation-only", help="Compare no training.")
]
Verify = Annotated[
    Path | None,
    typer.Option(
        metavar="CERTIFICATE",
        help="Is this JSON of MODEL, by its digests? Compares nothing again.",
    ),
]
Seed = Annotated[int, typer.Option(help="Of everything that is drawn.")]
Html = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the certificate as a page.")
]
AsJsonFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write it for programs; - is standard output."),
]


def certify(
    model: File,
    against: Against = None,
    example: Example = None,
    inputs: Inputs = None,
    outputs: Outputs = None,
    backend: Backends = None,
    dtype: Dtypes = None,
    evaluation_only: EvaluationOnly = False,
    seed: Seed = 0,
    verify: Verify = None,
    html: Html = None,
    json: AsJsonFile = None,
) -> None:
    """Compare MODEL, a file with its weights, with the original that it was made of.

    Exit code 0 if they agree, 1 if something disagrees, 3 if nothing disagrees but not
    everything is decided.
    """
    piped = json == STANDARD_OUTPUT
    outs = [*filter(None, (html, None if piped else json))]
    for path in outs:
        check_writable(path)
    read = [model, *(against or ()), *filter(None, (inputs, outputs, verify))]
    check_apart(outs, read)
    if verify is not None:
        if against or inputs or outputs:
            raise NetspecError("--verify reads a certificate; leave the original out")
        raise typer.Exit(_verify(verify, model))
    if not against and (inputs is None or outputs is None):
        raise NetspecError(
            "give the original, --against module:build, or what it gave elsewhere,"
            " --inputs x.npz --outputs y.npz"
        )
    from netspec.importing import load

    held = load(model)
    shapes = [parse_shape(one) for one in example] if example else None
    how: dict[str, Any] = {"inputs": inputs, "outputs": outputs, "seed": seed}
    how |= {"backends": backend, "shapes": shapes}
    how |= {"notes": held.notes, "training_only": held.training_only}
    if dtype:
        how["dtypes"] = dtype
    if evaluation_only:
        how["modes"] = "evaluation"
    original = _original(against or [])
    with _progress() as watch, redirect_stdout(sys.stderr):  # its code is run
        from netspec.certificates import certify as run

        made = run(
            original, held.spec, held.params, held.names or None, watch=watch, **how
        )
    made.report.command = shlex.join(["netspec", *sys.argv[1:]])
    _write(made, html, json)
    _show(made, Console(highlight=False, emoji=False, stderr=piped))
    raise typer.Exit(CODES[made.verdict])


def _original(words: Sequence[str]) -> Any:
    """Build the original, or name its files.

    Raises:
        NetspecError: it is neither code nor the two files of MXNet.
    """
    if not words:
        return None
    if len(words) == 2 and not any(map(is_code, words)):
        graph, arrays = sorted(words, key=lambda word: not word.endswith(".json"))
        return graph, arrays
    if len(words) == 1 and is_code(words[0]):
        _, found = build(words[0])
        return found
    raise NetspecError(
        "--against names code as module:build, or is given twice, with -symbol.json and"
        f" .params of MXNet, received {shorten(' '.join(words))}"
    )


def _verify(path: Path, model: str) -> int:
    """Say whether a certificate is of a file, and unchanged, by digests alone."""
    from netspec.certificates import Certificate, differences
    from netspec.importing import load

    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LARGEST)
        made = Certificate.from_json(text)
    except OSError as error:
        reason = error.strerror or said(error)
        raise NetspecError(f"{path}: cannot be read: {reason}") from None
    except ValueError as error:
        raise NetspecError(f"{path}: {said(error)}") from None
    held = load(model)
    wrong = differences(made, held.spec, held.params)
    for line in wrong:
        typer.echo(f"{model}: {line}")
    if wrong:
        return CODES["FAILED"]
    typer.echo(f"{model}: spec and weights are those of the certificate, unchanged")
    typer.echo("only digests were looked at: nothing was compared again")
    issued = f"issued {made.report.started}, seed {made.compared.seed}"
    typer.echo(f"{made.verdict}, as it was {issued}")
    return CODES[made.verdict]


def _write(made: Certificate, html: Path | None, json: Path | None) -> None:
    if html is not None:
        made.to_html(html)
    if json == STANDARD_OUTPUT:
        typer.echo(made.to_json(), nl=False)
    elif json is not None:
        write_atomically(json, made.to_json().encode())


def _show(made: Certificate, console: Console) -> None:
    from netspec.certificates.terminal import show

    show(made, console)


@contextmanager
def _progress() -> Iterator[Any]:
    console = Console(stderr=True, highlight=False, emoji=False)
    columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.description}")
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda doing, share: bar.update(task, completed=share, description=doing)
