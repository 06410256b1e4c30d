"""``netspec export``: the source of a model, with its weights if asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netspec.backend import backend
from netspec.cli.options import Dtype, Output, SpecFile
from netspec.errors import NetspecError, ParameterError
from netspec.files import write_atomically
from netspec.params import check_params, load_params, save_params
from netspec.spec import Spec, load

Weights = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Weights of SPEC, to be written beside the source, which can load them.",
    ),
]


def export(
    spec: SpecFile,
    to: Annotated[str, typer.Option(metavar="BACKEND", help="Such as torch.")],
    output: Output = None,
    dtype: Dtype = "float32",
    weights: Weights = None,
) -> None:
    """Write the source that builds SPEC; it needs only the framework."""
    model = load(spec)
    source = backend(to).source(model, dtype=dtype, weights=weights is not None)
    if weights is not None:
        _copy_weights(model, weights, output)
    if output is None:
        typer.echo(source, nl=False)
    else:
        write_atomically(output, source.encode())


def _copy_weights(spec: Spec, weights: Path, output: Path | None) -> None:
    """Write weights that fit `spec` beside the source, under its name."""
    if output is None:
        raise NetspecError("--weights are written beside the source; give -o FILE too")
    if output.exists() and not output.is_file():  # before anything is written
        raise NetspecError(f"{output}: is no file that weights could stand beside")
    _, params = load_params(weights)
    try:
        check_params(spec, params)
    except ParameterError as error:
        raise ParameterError(f"{weights}: {error}") from None
    beside = output.with_suffix(".safetensors")
    if beside == output:
        raise NetspecError(
            f"{output}: the weights go there; give the source a .py name"
        )
    save_params(beside, spec, params)
    typer.echo(f'{beside}: load_weights(net, "{beside.name}") reads it', err=True)
