"""``netspec probe``: what becomes of activations and gradients by depth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from netspec._system import check_apart
from netspec.cli._options import AsJson, Dtype, SpecFile
from netspec.spec import has_arrays, load, load_params

BackendName = Annotated[str, typer.Option(metavar="NAME", help="Such as torch.")]
InitNames = Annotated[
    list[str] | None,
    typer.Option(
        "--init",
        metavar="NAME",
        help="First weights: a preset such as he, an initializer such as"
        " 'Normal(0.01)', or spec for those of SPEC; may be repeated.",
    ),
]
Batch = Annotated[int, typer.Option(help="How many examples.")]
Steps = Annotated[int, typer.Option(help="Of plain SGD before.")]
Rate = Annotated[float, typer.Option(help="Of these, and of the step that is judged.")]
Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw the curves: a .png or .svg file."),
]
Jacobian = Annotated[
    bool,
    typer.Option("--jacobian", help="Extreme singular values; for small nets."),
]
Every = Annotated[bool, typer.Option("--all", help="Show all layers of a deep net.")]
Seed = Annotated[int, typer.Option(help="Of everything that is drawn.")]


def probe(
    spec: SpecFile,
    backend: BackendName = "numpy",
    init: InitNames = None,
    batch: Batch = 16,
    steps: Steps = 0,
    lr: Rate = 0.01,
    jacobian: Jacobian = False,
    plot: Plot = None,
    json: AsJson = False,
    every: Every = False,
    seed: Seed = 0,
    dtype: Dtype = "float32",
) -> None:
    """Follow activations and gradients of SPEC by depth: do they vanish or explode?

    Of a SPEC that has weights, these are followed. In training mode, without dropout;
    first weights and batch are the same for all
    backends. Exit code 0 whatever the verdicts are.
    """
    from netspec.signals import probe as run
    from netspec.signals.terminal import show

    if plot is not None:
        from netspec.signals import check_plot

        check_apart([plot], [spec])
        check_plot(plot)  # now, not after minutes
    model = load(spec)
    report = run(
        model,
        backend,
        init,
        weights=load_params(spec, model)[1] if has_arrays(spec) else None,
        batch=batch,
        steps=steps,
        lr=lr,
        jacobian=jacobian,
        seed=seed,
        dtype=dtype,
    )
    if plot is not None:
        report.plot(plot)
    if json:
        typer.echo(report.to_json(), nl=False)
    else:
        show(report, Console(highlight=False, emoji=False), every=every)
