"""Exported files: where they go, and what is written there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import BinaryIO, NamedTuple

import typer

from netspec._system import write_together
from netspec.cli._frameworks import make_each
from netspec.contract import Arrays
from netspec.errors import NetspecError, ParameterError
from netspec.spec import Spec, check_params, load_params, write_params


class Places(NamedTuple):
    """Where files go.

    Attributes:
        sources: by backend.
        weights: what all of these can read.
        folder: of several; None for one.
    """

    sources: Mapping[str, Path]
    weights: Path
    folder: Path | None


def export_sources(
    spec: Spec,
    names: tuple[str, ...],
    dtype: str,
    output: Path | None,
    weights: Path | None,
    several: bool,
) -> list[str]:
    """Write or print the source of a model for each backend; returns the refusals.

    Args:
        spec: the model.
        names: of the backends.
        dtype: of the model.
        output: the file, or the folder of several; None to print.
        weights: a file of weights, copied beside the sources.
        several: whether there is a folder, even of one file.

    Raises:
        BackendError: the only backend refuses.
        NetspecError: the output cannot be where it is wanted.
        ParameterError: the weights do not fit the spec.
    """
    places = _places(names, output, several) if output else None
    params = _fitting(spec, weights, places) if weights else None
    make = methodcaller("source", spec, dtype=dtype, weights=weights is not None)
    sources, refusals = make_each(names, make)
    if places is None:
        _print(sources, several)
    elif sources:
        _write(spec, sources, params, places)
    return refusals


def _places(names: tuple[str, ...], output: Path, several: bool) -> Places:
    if several:
        if output.is_file() or output.suffix == ".py":
            raise NetspecError(f"{output}: is a file; --to all needs a folder")
        sources = {name: output / _file_name(name) for name in names}
        return Places(sources, output / "net.safetensors", output)
    if output.is_dir():
        raise NetspecError(
            f"{output}: cannot be written: it is a folder; give a file, or --to all"
        )
    return Places({names[0]: output}, output.with_suffix(".safetensors"), None)


def _file_name(backend: str) -> str:
    # Beside a torch.py, `import torch` would find that file instead of PyTorch
    return f"net_{backend}.py"


def _fitting(spec: Spec, weights: Path, places: Places | None) -> Arrays:
    """The weights in a file, which fit the spec and have a place to go to."""
    if places is None:
        raise NetspecError("--weights are written beside the source; give -o too")
    for source in places.sources.values():
        if source.exists() and not source.is_file():
            raise NetspecError(f"{source}: is no file that weights could stand beside")
        if source == places.weights:
            raise NetspecError(
                f"{source}: the weights go there; give the source a .py name"
            )
    _, params = load_params(weights)
    try:
        check_params(spec, params)
    except ParameterError as error:
        raise ParameterError(f"{weights}: {error}") from None
    return params


def _print(sources: Mapping[str, str], headed: bool) -> None:
    for index, (name, source) in enumerate(sources.items()):
        if headed:  # as head(1) does where it has several files
            typer.echo("\n" * (index > 0) + f"==> {_file_name(name)} <==")
        typer.echo(source, nl=False)


def _write(
    spec: Spec, sources: Mapping[str, str], params: Arrays | None, places: Places
) -> None:
    paths = {name: places.sources[name] for name in sources}
    contents: dict[Path, Callable[[BinaryIO], object]] = {
        paths[name]: methodcaller("write", source.encode())
        for name, source in sources.items()
    }
    if params is not None:
        contents[places.weights] = partial(write_params, spec=spec, params=params)
    if places.folder:
        _make(places.folder)
    write_together(contents)
    for name, path in paths.items():
        if params is not None:
            typer.echo(f"{path}: {usage(sources[name], places.weights)}", err=True)
        elif places.folder:
            typer.echo(path, err=True)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise NetspecError(f"{folder}: cannot be made: {reason}") from None


def usage(source: str, weights: Path) -> str:
    """How a source reads weights that stand beside it: what the docstring of its
    ``load_weights`` has between backquotes.
    """
    (reader,) = (
        statement
        for statement in ast.parse(source).body
        if isinstance(statement, ast.FunctionDef) and statement.name == "load_weights"
    )
    shown = re.search(r"``(.+)``", ast.get_docstring(reader) or "")
    words = shown[1] if shown else "load_weights(net, path)"
    return re.sub(r"\bpath\b", lambda _: f'"{weights.name}"', words)
