"""``netspec export``: the source of a model, with its weights if asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netspec._system import check_apart
from netspec.cli._frameworks import ALL, chosen
from netspec.cli._options import Dtype, SpecFile
from netspec.cli._sources import Place, export_sources
from netspec.cli.side_by_side import show_columns
from netspec.errors import BackendError, NetspecError
from netspec.spec import has_arrays, load

To = Annotated[
    str,
    typer.Option(
        metavar="BACKEND", help="Such as torch, several with commas between, or all."
    ),
]
OutputPath = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Where to write: a file, or for all of them a folder.",
    ),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Weights of SPEC, written beside the source, which can load them.",
    ),
]
ExternalData = Annotated[
    bool,
    typer.Option(
        "--external-data",
        help="Put large weights beside the file that would hold them, as ONNX can.",
    ),
]
Fold = Annotated[
    bool,
    typer.Option(
        "--fold",
        help="For evaluation: make BatchNorm part of the layer before it.",
    ),
]
SideBySide = Annotated[
    bool,
    typer.Option(
        "--side-by-side",
        help="Print a column for each framework, layer by layer; -o is an HTML page.",
    ),
]


def export(
    spec: SpecFile,
    to: To,
    output: OutputPath = None,
    dtype: Dtype = "float32",
    weights: Weights = None,
    side_by_side: SideBySide = False,
    external_data: ExternalData = False,
    fold: Fold = False,
) -> None:
    """Write the source that builds SPEC; it needs only the framework.

    --to onnx -o net.onnx writes a model with weights: those of --weights, or of seed 0.

    --to all -o FOLDER writes net_torch.py and so on, one file for each framework
    that is installed, and with --weights net.safetensors, which all sources read.
    The weights of a SPEC that has some are written without being asked for.
    If one refuses SPEC, the others are written nevertheless; the exit code is 2.
    """
    model, names = load(spec), chosen(to)
    if weights is None and output and not side_by_side and has_arrays(spec):
        weights = Path(spec)
    if side_by_side and weights:
        raise NetspecError("--side-by-side shows no weights; leave --weights out")
    if side_by_side:
        check_apart([output] if output else [], [spec])
        refusals = show_columns(model, names, dtype, output)
    else:
        several = to == ALL or len(names) > 1
        place = Place(spec, output, weights, several, external_data, fold)
        refusals = export_sources(model, names, dtype, place)
    if refusals:
        raise BackendError("; ".join(refusals))
