"""``netspec init``: portable first weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from netspec._system import check_apart, shown_path
from netspec.cli._options import Dtype, Output, SpecFile
from netspec.cli._tables import print_table
from netspec.errors import NetspecError
from netspec.spec import Spec, init_params, load, save_params, shape_text

Array = NDArray[Any]

HEADERS = ("parameter", "law", "mean", "std", "min", "max")


def init(
    spec: SpecFile,
    output: Output = None,
    seed: Annotated[int, typer.Option(help="A natural number below 2^64.")] = 0,
    dtype: Dtype = "float32",
    inspect: Annotated[
        bool, typer.Option("--inspect", help="Compare what was drawn with its law.")
    ] = False,
) -> None:
    """Draw the first weights of SPEC: the same bits for every framework."""
    if output is None and not inspect:
        raise NetspecError("nothing to do; give -o FILE, --inspect, or both")
    check_apart([output] if output else [], [spec])
    model = load(spec)
    params = init_params(model, seed, dtype)
    if inspect:
        print_table(HEADERS, _rows(model, params), folded=2, right=4)
    if output is not None:
        save_params(output, model, params)
        count = sum(array.size for array in params.values())
        said = f"{count:,} values, {dtype}, seed {seed}"
        typer.echo(f"{shown_path(output)}: {said}", err=True)


def _rows(spec: Spec, params: Mapping[str, Array]) -> Iterator[tuple[str, ...]]:
    """Yield two rows for each parameter: its law, and what was drawn."""
    for path, parameter in spec.parameters().items():
        law, array = parameter.law, params[path].astype(np.float64, copy=False)
        stated = (law.mean, law.std, *law.bounds)
        drawn = (array.mean(), array.std(), array.min(), array.max())
        yield path, repr(parameter.initializer), *map(_number, stated)
        yield f"  {shape_text(parameter.shape)}", "drawn", *map(_number, drawn)


def _number(value: float) -> str:
    return f"{value:.4g}"
