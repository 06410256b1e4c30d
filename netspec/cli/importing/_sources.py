"""What the words of the command name, and what reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from netspec.cli.importing._code import build, is_code
from netspec.errors import NetspecError, said, shorten
from netspec.spec import documents, recognize

if TYPE_CHECKING:
    from netspec.importing import Imported

ORDER = GRAPH, ARRAYS, ONNX, CODE = "graph", "arrays", "onnx", "code"
LISTS = (0x112).to_bytes(8, "little")  # how MXNet's files of arrays begin
VERSIONS = {bytes((8, version)) for version in range(1, 32)}  # of models of ONNX
SIBLINGS = 3  # files that are proposed
SHAPE = "give --input, the shape of one example without the batch, as --input 3,224,224"
LACKING = {
    (GRAPH,): "is a graph of MXNet alone; give the file of its arrays, too{arrays}",
    (ARRAYS,): (
        "holds arrays of MXNet alone; give its graph, -symbol.json, before it; weights"
        " for a spec that you have, netspec.adopt(spec, path) takes"
    ),
}


class How(NamedTuple):
    """What is asked for besides the sources.

    Attributes:
        shape: of one example.
        integers: whether the input is indices.
        evaluation_only: take what evaluation computes.
        head: which of several outputs.
        name: of the spec.
    """

    shape: tuple[int, ...] | None
    integers: bool
    evaluation_only: bool
    head: str | None
    name: str | None

    def options(self) -> dict[str, Any]:
        """Return the arguments that all readers have."""
        given = {"output": self.head, "name": self.name}
        return {key: value for key, value in given.items() if value is not None}


def read(words: Sequence[str], how: How) -> Imported:
    """Import what words name.

    Raises:
        ImportProblem: lists all that cannot be imported.
        NetspecError: a word names no model, or a model is named by other words.
    """
    kinds = [(word, _kind(word)) for word in words]
    kinds.sort(key=lambda pair: ORDER.index(pair[1]))
    named = tuple(kind for _, kind in kinds)
    if named not in READERS:
        raise _lacking(kinds, named)
    if how.evaluation_only and named != (CODE,):
        raise NetspecError(
            "--evaluation-only is for code, which has a training mode; leave it out"
        )
    return READERS[named]([word for word, _ in kinds], how)


def _lacking(kinds: Sequence[tuple[str, str]], named: tuple[str, ...]) -> NetspecError:
    first = kinds[0][0]
    if named in LACKING:
        return NetspecError(f"{first}: {LACKING[named].format(arrays=_near(first))}")
    listed = ", ".join(f"{word} ({kind})" for word, kind in kinds)
    return NetspecError(
        f"a model is a graph and arrays of MXNet, one file of ONNX, or one"
        f" module:function, received {listed}"
    )


def _near(symbol: str) -> str:
    """Propose files of arrays beside a graph."""
    title = Path(symbol).name.removesuffix(".json").removesuffix("-symbol")
    found = sorted(Path(symbol).parent.glob("*.params"))
    close = [str(path) for path in found if path.name.startswith(title)][-SIBLINGS:]
    return f", such as {', '.join(close)}" if close else ", .params"


def _kind(word: str) -> str:
    if not os.path.exists(word) and is_code(word):
        return CODE
    if os.path.exists(word) and not os.path.isfile(word):
        raise NetspecError(f"{word}: is no file; give files, or module:function")
    try:
        with open(word, "rb") as file:
            head = file.read(8)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or said(error)
        raise NetspecError(
            f"{shorten(word, 200)}: cannot be read: {reason}; name files, or code as"
            " module:function"
        ) from None
    if head == LISTS:
        return ARRAYS
    if head[:2] in VERSIONS or Path(word).suffix == ".onnx":
        return ONNX
    return _by_content(word, head)


def _by_content(word: str, head: bytes) -> str:
    """Tell whether a file is a graph, or say what it is."""
    found = recognize(word)
    if found:
        raise NetspecError(
            f"{word}: is no model with its graph: {found}; where code builds the model,"
            " give that, module:function"
        )
    if Path(word).suffix == ".json" or head.lstrip().startswith(b"{"):
        return _of_json(word)
    raise NetspecError(f"{word}: {_others(word, head)}")


def _of_json(word: str) -> str:
    try:
        document = documents.load(word)
    except NetspecError as error:
        raise NetspecError(f"{word}: {error}") from None
    if isinstance(document, Mapping) and "nodes" in document:
        return GRAPH
    if isinstance(document, Mapping) and "netspec" in document:
        raise NetspecError(f"{word}: is a spec, which every command takes as it is")
    raise NetspecError(f"{word}: is no graph that MXNet exported as JSON")


def _others(word: str, head: bytes) -> str:
    if head[6:8] == bytes(2):  # the size of a header
        return (
            "is a safetensors file, as this command writes, which other commands take"
            " as SPEC; without a spec in it, netspec.adopt(spec, path) takes its arrays"
        )
    if Path(word).suffix == ".py":
        return f"is code; give what builds the model, {Path(word).stem}:function"
    if Path(word).suffix in (".yaml", ".yml"):
        return "is a spec, which every command takes as it is"
    return "is no model that netspec knows; give one of MXNet, of ONNX, or code"


def _mxnet(words: list[str], how: How) -> Imported:
    from netspec import importing

    graph, arrays = words
    return importing.mxnet(graph, arrays, _shape(how), **how.options())


def _onnx(words: list[str], how: How) -> Imported:
    from netspec import importing

    reader: Callable[..., Imported] | None = getattr(importing, "onnx", None)
    if reader is None:
        raise NetspecError(
            f"{words[0]}: this netspec reads no ONNX; install a newer one,"
            " pip install --upgrade 'netspec[onnx]'"
        )
    return reader(words[0], how.shape, **how.options())


def _code(words: list[str], how: How) -> Imported:
    from netspec import importing

    shape = _shape(how)
    example = np.zeros((1, *shape), np.int64) if how.integers else shape
    name, model = build(words[0])
    options = how.options() | {"evaluation_only": how.evaluation_only}
    with redirect_stdout(sys.stderr):  # its code is run
        found: Imported = getattr(importing, name)(model, example, **options)
    return found


def _shape(how: How) -> tuple[int, ...]:
    if how.shape is None:
        raise NetspecError(SHAPE)
    return how.shape


Reader: TypeAlias = Callable[[list[str], How], "Imported"]
READERS: dict[tuple[str, ...], Reader] = {
    (GRAPH, ARRAYS): _mxnet,
    (ONNX,): _onnx,
    (CODE,): _code,
}
