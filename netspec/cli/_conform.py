"""``netspec conform``: do the backends compute what a spec means?"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from netspec._system import check_apart, cores, write_atomically
from netspec.cli._writable import check_writable
from netspec.errors import NetspecError
from netspec.spec import has_arrays, load

if TYPE_CHECKING:
    from netspec.conformance.report import Done, Report

CODES = {"PASSED": 0, "FAILED": 1, "UNDECIDED": 3, "INTERRUPTED": 130}
STANDARD_OUTPUT = Path("-")

SpecFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="SPEC",
        help="YAML or JSON files, or safetensors files of specs and their weights;"
        " - is standard input.",
    ),
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
    typer.Option(min=1, help="Backends at once, each in a process. Number of cores."),
]
Timeout = Annotated[
    float,
    typer.Option(min=1, help="Seconds for one check of one model by one backend."),
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Spread the backends over a Dask cluster."),
]
Timings = Annotated[bool, typer.Option("--timings", help="Show where time went.")]
Rows = Annotated[
    bool,
    typer.Option("--rows", help="List all that failed, is undecided or weak."),
]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick", help="A look, no proof: outputs, gradients, source in float32."
    ),
]


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
    timeout: Timeout = 300.0,
    dask: Dask = None,
    timings: Timings = False,
    rows: Rows = False,
    quick: Quick = False,
) -> None:
    """Compare backends with the float64 reference, on SPEC and on each of its layers;
    where SPEC has weights, with these, too.

    Exit code 0 if all agree, 1 if something disagrees, 3 if nothing disagrees but not
    everything is decided. After Ctrl-C, what was found until then is reported.
    """
    piped = json == STANDARD_OUTPUT
    for path in filter(None, (html, None if piped else json)):
        check_writable(path)
    check_apart(filter(None, (html, json)), spec)
    wanted = {"backends": backend, "dtypes": dtype, "checks": check}
    chosen = {name: dict.fromkeys(given) for name, given in wanted.items() if given}
    modules = context.find_root().params.get("modules") or []
    models = [load(path) for path in spec]
    trained = {m.name: p for m, p in zip(models, spec, strict=True) if has_arrays(p)}
    how = {"seed": seed, "modules": modules, "timeout": timeout, "quick": quick}
    how["weights"] = trained
    with _where(jobs, dask) as (where, elsewhere):
        report = _run(models, **how, device=device, **where, **chosen)
    report.environment |= elsewhere
    options = {"--backend": backend, "--dtype": dtype, "--check": check}
    options["--device"] = [device] if device else None
    report.command = _command(modules, spec, options, seed, quick)
    try:
        _write(report, html, json)
    finally:  # a full disk must not cost what took minutes
        console = Console(highlight=False, emoji=False, stderr=piped)
        _show(report, console, timings=timings, rows=rows)
    raise typer.Exit(CODES[report.verdict])


@contextmanager
def _where(
    jobs: int | None, dask: str | None
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Yield the arguments that say where backends run, in processes of this machine or
    on a cluster, and the versions that differ there.

    Raises:
        NetspecError: the cluster cannot be used.
    """
    if dask is None:
        yield {"jobs": jobs or cores(), "isolate": True}, {}
        return
    if jobs is not None:
        raise NetspecError(
            "--jobs counts processes of this machine, --dask has its own"
        )
    from netspec.conformance.processes import cluster

    with cluster(dask) as found:
        yield {"executor": found.executor}, found.environment


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
    quick: bool,
) -> str:
    """Return the command line that repeats the run."""
    words = ["netspec", *_given({"--import": modules}), "conform", *specs]
    words += [*_given(options), "--seed", str(seed), *["--quick"] * quick]
    return shlex.join(words)


def _given(options: dict[str, list[str] | None]) -> list[str]:
    return [
        word
        for option, values in options.items()
        for value in values or ()
        for word in (option, value)
    ]


def _show(report: Report, console: Console, **chosen: bool) -> None:
    from netspec.conformance.report.terminal import show

    show(report, console, **chosen)
