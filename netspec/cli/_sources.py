"""Write exported files, and the weights beside them."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import BinaryIO, NamedTuple

import typer

from netspec._system import check_apart, shown_path, write_together
from netspec.cli._frameworks import make_each
from netspec.contract import Arrays
from netspec.errors import NetspecError
from netspec.spec import Spec, load_beside, load_params, write_params


class Place(NamedTuple):
    """Say what is read, and where to write.

    Attributes:
        spec: the file of the model; ``"-"`` for standard input.
        output: the file, or the folder of several; None to print.
        weights: a file of weights, copied beside the sources.
        several: True to write into a folder, even if it is only one file.
    """

    spec: str
    output: Path | None
    weights: Path | None
    several: bool


class Paths(NamedTuple):
    """Paths of the files to write.

    Attributes:
        sources: file of the source, by backend.
        weights: file of weights that all of the sources can read.
        folder: folder of several files; None for one.
    """

    sources: Mapping[str, Path]
    weights: Path
    folder: Path | None


def export_sources(
    spec: Spec, names: tuple[str, ...], dtype: str, place: Place
) -> list[str]:
    """Write or print the source of a model for each backend; return the refusals.

    Args:
        spec: the model.
        names: names of the backends.
        dtype: dtype of the model.
        place: what is read, and where to write.

    Raises:
        BackendError: the only backend refuses.
        NetspecError: the output cannot be written where it is wanted.
        ParameterError: the weights do not fit the spec.
    """
    weights, output = place.weights, place.output
    paths = _paths(names, output, place.several) if output else None
    if paths is not None:
        _check_apart(paths, place)
    params = _fitting(spec, weights, paths) if weights else None
    make = methodcaller("source", spec, dtype=dtype, weights=weights is not None)
    sources, refusals = make_each(names, make)
    if paths is None:
        _print(sources, place.several)
    elif sources:
        _write(spec, sources, params, paths, place.weights)
    return refusals


def _paths(names: tuple[str, ...], output: Path, several: bool) -> Paths:
    if several:
        if output.is_file() or output.suffix == ".py":
            raise NetspecError(f"{output}: is a file; --to all needs a folder")
        sources = {name: output / _file_name(name) for name in names}
        return Paths(sources, output / "net.safetensors", output)
    if output.is_dir():
        raise NetspecError(
            f"{output}: cannot be written: it is a folder; give a file, or --to all"
        )
    return Paths({names[0]: output}, output.with_suffix(".safetensors"), None)


def _check_apart(paths: Paths, place: Place) -> None:
    """Refuse outputs that are one file by links, or that are read. The weights may
    stand where they are to be written.
    """
    written = [*paths.sources.values()]
    if place.weights is not None and paths.weights in written:
        raise NetspecError(
            f"{paths.weights}: the weights go there; give the source a .py name"
        )
    if place.weights is None:
        check_apart(written, [place.spec])
        return
    check_apart(written, [place.spec, place.weights])
    if os.path.realpath(place.spec) != os.path.realpath(place.weights):
        check_apart([*written, paths.weights], [place.spec])


def _file_name(backend: str) -> str:
    # Beside a torch.py, `import torch` would find that file instead of PyTorch
    return f"net_{backend}.py"


def _fitting(spec: Spec, weights: Path, paths: Paths | None) -> Arrays:
    """Load weights that fit the spec, and that can be written beside the source."""
    if paths is None:
        raise NetspecError("--weights are written beside the source; give -o too")
    for source in paths.sources.values():
        if source.exists() and not source.is_file():
            raise NetspecError(f"{source}: is no file that weights could stand beside")
    return load_params(weights, spec)[1]


def _print(sources: Mapping[str, str], headed: bool) -> None:
    for index, (name, source) in enumerate(sources.items()):
        if headed:  # as head(1) does where it has several files
            typer.echo("\n" * (index > 0) + f"==> {_file_name(name)} <==")
        typer.echo(source, nl=False)


def _write(
    spec: Spec,
    sources: Mapping[str, str],
    params: Arrays | None,
    paths: Paths,
    weights: Path | None,
) -> None:
    files = {name: paths.sources[name] for name in sources}
    contents: dict[Path, Callable[[BinaryIO], object]] = {
        files[name]: methodcaller("write", source.encode())
        for name, source in sources.items()
    }
    if params is not None and not _is_there(weights, paths):
        beside = load_beside(weights) if weights else {}  # the names of an import
        contents[paths.weights] = partial(
            write_params, spec=spec, params=params, beside=beside
        )
    if paths.folder:
        _make(paths.folder)
    write_together(contents)
    for name, path in files.items():
        if params is not None:
            call = usage(sources[name], paths.weights)
            typer.echo(f"{shown_path(path)}: {call}", err=True)
        elif paths.folder:
            typer.echo(shown_path(path), err=True)


def _is_there(weights: Path | None, paths: Paths) -> bool:
    """Tell whether the weights stand where they are to be written."""
    real = os.path.realpath
    return weights is not None and real(weights) == real(paths.weights)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise NetspecError(f"{folder}: cannot be made: {reason}") from None


def usage(source: str, weights: Path) -> str:
    """Return the call with which a source reads the weights beside it.

    It stands between backquotes in the docstring of its ``load_weights``.
    """
    (reader,) = (
        statement
        for statement in ast.parse(source).body
        if isinstance(statement, ast.FunctionDef) and statement.name == "load_weights"
    )
    shown = re.search(r"``(.+)``", ast.get_docstring(reader) or "")
    words = shown[1] if shown else "load_weights(net, path)"
    # JSON's escapes are Python's
    name = json.dumps(weights.name, ensure_ascii=not weights.name.isprintable())
    return re.sub(r"\bpath\b", lambda _: name, words)
