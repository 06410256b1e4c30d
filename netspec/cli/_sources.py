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
from netspec.contract import Arrays, FilesBackend, Writer, writer
from netspec.errors import BackendError, NetspecError
from netspec.spec import Spec, fold, load_beside, load_params, write_params


class Place(NamedTuple):
    """Say what is read, and where to write.

    Attributes:
        spec: the file of the model; ``"-"`` for standard input.
        output: the file, or the folder of several; None to print.
        weights: a file of weights, copied beside the sources.
        several: True to write into a folder, even if it is only one file.
        apart: whether files that hold weights have large ones in another file.
        folded: whether BatchNorm becomes part of the layer before it.
    """

    spec: str
    output: Path | None
    weights: Path | None
    several: bool
    apart: bool = False
    folded: bool = False


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


class Exported(NamedTuple):
    """What a backend exports.

    Attributes:
        source: its text; empty where it exports files of the framework's own.
        files: contents by path.
    """

    source: str
    files: Mapping[Path, bytes]


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
    if place.folded:
        spec, params = _folded(spec, params, weights, paths)

    def make(to: Writer) -> Exported:
        if paths is not None and isinstance(to, FilesBackend):
            path = paths.sources[to.name]
            made = to.files(
                spec, path.name, params=params, dtype=dtype, apart=place.apart
            )
            return Exported("", {path.with_name(name): made[name] for name in made})
        _need_files(to, place, paths)
        source = to.source(spec, dtype=dtype, weights=weights is not None)
        files = {paths.sources[to.name]: source.encode()} if paths else {}
        return Exported(source, files)

    exports, refusals = make_each(names, make)
    if paths is None:
        _print(exports, place.several)
    elif exports:
        _write(spec, exports, params, paths, place)
    return refusals


def _folded(
    spec: Spec, params: Arrays | None, weights: Path | None, paths: Paths | None
) -> tuple[Spec, Arrays]:
    """Fold a model that has weights, unless the result would replace them."""
    if params is None or paths is None:
        raise NetspecError(
            "--fold changes trained weights; give --weights, or a SPEC that has them,"
            " and -o"
        )
    if _is_there(weights, paths):
        raise NetspecError(
            f"{weights}: the folded weights would replace these; give -o another name"
        )
    return fold(spec, params)


def _need_files(to: Writer, place: Place, paths: Paths | None) -> None:
    """Refuse data apart where nothing is written that holds any."""
    if not place.apart or (place.several and paths):
        return
    raise NetspecError(
        "--external-data is for a file that holds weights; give -o too"
        if isinstance(to, FilesBackend)
        else f"--external-data is for files that hold weights, and those of"
        f" {to.name} are sources; leave it out"
    )


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


def _file_name(name: str) -> str:
    # Beside a torch.py, `import torch` would find that file instead of PyTorch
    try:
        found = writer(name)
    except BackendError:  # which is told where it is asked to make something
        return f"net_{name}.py"
    return f"net_{name}{found.suffix if isinstance(found, FilesBackend) else '.py'}"


def _fitting(spec: Spec, weights: Path, paths: Paths | None) -> Arrays:
    """Load weights that fit the spec, and that can be written beside the source."""
    if paths is None:
        raise NetspecError("--weights are written beside the source; give -o too")
    for source in paths.sources.values():
        if source.exists() and not source.is_file():
            raise NetspecError(f"{source}: is no file that weights could stand beside")
    return load_params(weights, spec)[1]


def _print(exports: Mapping[str, Exported], headed: bool) -> None:
    for index, (name, made) in enumerate(exports.items()):
        if headed:  # as head(1) does where it has several files
            typer.echo("\n" * (index > 0) + f"==> {_file_name(name)} <==")
        typer.echo(made.source, nl=False)


def _write(
    spec: Spec,
    exports: Mapping[str, Exported],
    params: Arrays | None,
    paths: Paths,
    place: Place,
) -> None:
    files = dict(item for made in exports.values() for item in made.files.items())
    check_apart([*files], [place.spec, *filter(None, [place.weights])])
    contents: dict[Path, Callable[[BinaryIO], object]] = {
        path: methodcaller("write", held) for path, held in files.items()
    }
    read = any(made.source for made in exports.values())
    if params is not None and read and not _is_there(place.weights, paths):
        # with the names of an import
        beside = load_beside(place.weights) if place.weights else {}
        contents[paths.weights] = partial(
            write_params, spec=spec, params=params, beside=beside
        )
    if paths.folder:
        _make(paths.folder)
    write_together(contents)
    for made in exports.values():
        _tell(made, paths, with_weights=params is not None)


def _tell(made: Exported, paths: Paths, *, with_weights: bool) -> None:
    """Say what was written, if it is several files, and how weights are read."""
    call = usage(made.source, paths.weights) if made.source and with_weights else ""
    if call or paths.folder or len(made.files) > 1:
        for path in made.files:
            typer.echo(f"{shown_path(path)}{': ' * bool(call)}{call}", err=True)


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
