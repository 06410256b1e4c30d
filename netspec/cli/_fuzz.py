"""``netspec fuzz``: does a backend compute what random specs mean?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from netspec.spec import label

if TYPE_CHECKING:
    from netspec.fuzzing import Failure, Fuzzed, Mapper

FAILED, UNDECIDED, INTERRUPTED = 1, 3, 130
SPECS = 100
CORPUS = Path("fuzz-corpus")

BackendName = Annotated[str, typer.Option(metavar="NAME", help="Such as torch.")]
Specs = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="How many. 100, or as many as there are minutes for."
    ),
]
Seed = Annotated[int, typer.Option(help="Of everything that is drawn.")]
Minutes = Annotated[
    float | None, typer.Option(min=0, help="After which no other spec is begun.")
]
Dtype = Annotated[str, typer.Option(metavar="DTYPE", help="float64 or float32.")]
Folder = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", help="Keeps what fails; the next run goes on from it."
    ),
]
Timeout = Annotated[
    float, typer.Option(min=1, help="Seconds that the backend may take for one spec.")
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Spread the specs over a Dask cluster."),
]


def fuzz(
    context: typer.Context,
    backend: BackendName,
    specs: Specs = None,
    seed: Seed = 0,
    minutes: Minutes = None,
    dtype: Dtype = "float64",
    corpus: Folder = CORPUS,
    timeout: Timeout = 300.0,
    dask: Dask = None,
) -> None:
    """Compare a backend with the float64 reference, on random specs.

    Only layers that the backend builds are drawn. A spec that fails is shrunk, and
    written with a script that shows it. Exit code 0 if nothing fails, 1 if something
    does, 3 if something cannot be decided.
    """
    from netspec.fuzzing import fuzz as run

    wanted = SPECS if specs is None and minutes is None else specs
    modules = context.find_root().params.get("modules") or []
    with _progress(wanted) as watch, _mapper(timeout, dask, modules) as mapper:
        found = run(
            backend,
            specs=wanted,
            seed=seed,
            minutes=minutes,
            dtype=dtype,
            corpus=corpus,
            watch=watch,
            mapper=mapper,
        )
    _show(found, Console(highlight=False, emoji=False, soft_wrap=True))
    if not found.complete:
        raise typer.Exit(INTERRUPTED)
    if not found.passed:
        raise typer.Exit(FAILED if found.failures else UNDECIDED)


@contextmanager
def _mapper(
    timeout: float, dask: str | None, modules: Sequence[str]
) -> Iterator[Mapper]:
    """Yield what asks the backend, in a process of this machine or on a cluster.

    Raises:
        NetspecError: the cluster cannot be used.
    """
    from netspec.conformance.processes import Lane, cluster
    from netspec.fuzzing import in_lane, on_executor

    if dask is None:
        with Lane(timeout) as lane:
            yield in_lane(lane, modules)
        return
    with cluster(dask) as found:
        yield on_executor(found.executor, timeout, modules)


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[Fuzzed], None]]:
    console = Console(stderr=True, highlight=False, emoji=False)
    columns = BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=total)

        def advance(found: Fuzzed) -> None:
            done = found.counts.total()
            bar.update(task, completed=done, description=_counted(found))

        yield advance


def _show(found: Fuzzed, console: Console) -> None:
    drawn, refused = len(found.offered.names), len(found.offered.refused)
    console.print(
        f"{escape(found.backend)} {found.dtype}: {drawn} kinds of layers"
        + (f", {refused} that it does not build" if refused else "")
    )
    for failure in found.failures:
        _show_failure(failure, console)
    for file in found.mended:
        console.print(f"does not fail any more: {escape(str(file))}")
    verdict, style = _verdict(found)
    console.print(f"[{style}]{verdict}:[/] {_counted(found)}")


def _show_failure(failure: Failure, console: Console) -> None:
    spec, worst = failure.spec, failure.findings[0]
    layers = ", ".join(label(layer) for layer in spec.layers)
    console.print(f"\n[red]fail[/] {escape(layers)} on {spec.input_shape}")
    where = f"{worst.mode}: {worst.tensor}".strip(": ")
    far = "" if worst.ratio == float("inf") else f", used/allowed {worst.ratio:.3g}"
    console.print(f"  {escape(where)}{far} ({escape(worst.reason)})")
    if failure.file:
        script = failure.file.with_suffix(".py")
        console.print(f"  {escape(str(failure.file))}")
        console.print(f"  python {escape(str(script))} shows it again")


def _verdict(found: Fuzzed) -> tuple[str, str]:
    if not found.complete:
        return "INTERRUPTED", "bold yellow"
    if found.failures:
        return "FAILED", "bold red"
    if found.counts["undecided"]:
        return "UNDECIDED", "bold yellow"
    return "PASSED", "bold green"


def _counted(found: Fuzzed) -> str:
    kinds = ("fail", "undecided", "refused", "pass")
    counts = (f"{found.counts[kind]:,} {kind}" for kind in kinds if found.counts[kind])
    return ", ".join(counts) or "nothing was tried"
