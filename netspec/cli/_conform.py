"""``netspec conform``: do the backends compute what a spec means?"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from netspec._system import check_apart, cores, write_atomically
from netspec.errors import NetspecError
from netspec.spec import load

if TYPE_CHECKING:
    from netspec.conformance.report import Done, Report

CHECK_FAILED, INTERRUPTED = 1, 130
STANDARD_OUTPUT = Path("-")

SpecFiles = Annotated[
    list[str],
    typer.Argument(metavar="SPEC", help="YAML or JSON files; - is standard input."),
]
Backends = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Such as torch; may be repeated. All installed."),
]
Dtypes = Annotated[
    list[str] | None,
    typer.Option(metavar="DTYPE", help="float64 or float32; may be repeated. Both."),
]
Checks = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Such as gradients; may be repeated. All."),
]
Seed = Annotated[int, typer.Option(help="Of everything that is drawn.")]
Device = Annotated[
    str | None,
    typer.Option(metavar="DEVICE", help="Such as gpu or gpu:1. Each backend's own."),
]
Html = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the report as a page.")
]
AsJsonFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write the report for programs; - is standard output."
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Processes that share the backends. As many as cores."),
]
Isolate = Annotated[
    bool, typer.Option("--isolate", help="Run each backend in its own process.")
]
Timeout = Annotated[
    float,
    typer.Option(min=1, help="Seconds for one check of one model in such a process."),
]
Timings = Annotated[bool, typer.Option("--timings", help="Show where time went.")]


def conform(
    context: typer.Context,
    spec: SpecFiles,
    backend: Backends = None,
    dtype: Dtypes = None,
    check: Checks = None,
    seed: Seed = 0,
    device: Device = None,
    html: Html = None,
    json: AsJsonFile = None,
    jobs: Jobs = None,
    isolate: Isolate = False,
    timeout: Timeout = 300.0,
    timings: Timings = False,
) -> None:
    """Compare backends with the float64 reference, on SPEC and on each of its layers.

    Exit code 0 if all agree, 1 if something fails or cannot be decided. After Ctrl-C,
    what was found until then is reported.
    """
    piped = json == STANDARD_OUTPUT
    for path in filter(None, (html, None if piped else json)):
        _check_writable(path)
    check_apart(filter(None, (html, json)), spec)
    wanted = {"backends": backend, "dtypes": dtype, "checks": check}
    chosen = {name: dict.fromkeys(given) for name, given in wanted.items() if given}
    modules = context.find_root().params.get("modules") or []
    process = {"jobs": jobs or cores(), "isolate": isolate, "timeout": timeout}
    models = [load(path) for path in spec]
    report = _run(
        models, seed=seed, modules=modules, device=device, **process, **chosen
    )
    options = {"--backend": backend, "--dtype": dtype, "--check": check}
    options["--device"] = [device] if device else None
    report.command = _command(modules, spec, options, seed, isolate)
    try:
        _write(report, html, json)
    finally:  # a full disk must not cost what took minutes
        _show(report, timings, Console(highlight=False, emoji=False, stderr=piped))
    if not report.complete:
        raise typer.Exit(INTERRUPTED)
    if not report.passed:
        raise typer.Exit(CHECK_FAILED)


def _check_writable(path: Path) -> None:
    """Refuse, before the run, a path at which a report could not be written after it.

    Raises:
        NetspecError: no file can be written there.
    """
    folder = path.parent
    if path.is_dir() or not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise NetspecError(
            f"{path}: cannot be written; name a file in a folder of yours"
        )


def _run(specs: list[Any], **chosen: Any) -> Report:
    """Run with a progress bar, if there is a terminal."""
    from netspec.conformance import conform as run

    with _progress() as watch:
        return run(specs, watch=watch, **chosen)


def _write(report: Report, html: Path | None, json: Path | None) -> None:
    if html is not None:
        report.to_html(html)
    if json == STANDARD_OUTPUT:
        typer.echo(report.to_json(), nl=False)
    elif json is not None:
        write_atomically(json, report.to_json().encode())


@contextmanager
def _progress() -> Iterator[Callable[[Done], None]]:
    console = Console(stderr=True, highlight=False, emoji=False)
    columns = BarColumn(), TaskProgressColumn(), TextColumn("{task.description}")
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=1.0)

        def advance(done: Done) -> None:
            doing = f"{done.backend} {done.check}"
            bar.update(task, completed=done.share, description=doing)

        yield advance


def _command(
    modules: list[str],
    specs: list[str],
    options: dict[str, list[str] | None],
    seed: int,
    isolate: bool,
) -> str:
    """Return the command line that repeats the run."""
    words = ["netspec", *_given({"--import": modules}), "conform", *specs]
    words += [*_given(options), "--seed", str(seed), *["--isolate"] * isolate]
    return shlex.join(words)


def _given(options: dict[str, list[str] | None]) -> list[str]:
    return [
        word
        for option, values in options.items()
        for value in values or ()
        for word in (option, value)
    ]


def _show(report: Report, timings: bool, console: Console) -> None:
    from netspec.conformance.report.terminal import show

    show(report, console, timings=timings)
