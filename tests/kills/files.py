"""Files of ONNX that are read with a bug. The certificate compares what was imported
with what ONNX's own evaluator, in float64, and onnxruntime, in float32, gave for the
file: its outputs, and where a norm is trained its running statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

import netspec as ns
from netspec import importing
from netspec.conformance.report import Row
from netspec.layers import Shape
from netspec.spec import Spec
from tests.conformance.wrapped import Wrapped
from tests.kills.bug import DTYPES, Bug, Inject, bug
from tests.kills.inject import Patched, Swap

if TYPE_CHECKING:
    from tests.importing.onnx_files import Graph

LAYERS = "netspec_onnx.importing.layers"
Write = Callable[["Graph"], object]
Planted = tuple[str, Swap]


class Reader(Wrapped):
    """Reads a file.

    Args:
        write: the nodes of the file.
        shape: of one example.
        opset: version of its operations.
        dtypes: in which somebody evaluates it rightly.
        swaps: by target, from what reads it to what takes its place.
    """

    def __init__(
        self,
        write: Write,
        shape: Shape,
        opset: int,
        dtypes: tuple[str, ...],
        swaps: Mapping[str, Swap],
    ) -> None:
        super().__init__("onnx")
        self.file, self.dtypes = (write, shape, opset), dtypes
        self.swaps = swaps

    def sound(self) -> Reader:
        """What is read of the file without the bug."""
        return Reader(*self.file, self.dtypes, {})

    def certified(self, spec: Spec, checks: Iterable[str]) -> list[Row]:
        """What a certificate says of the file that is imported."""
        with TemporaryDirectory() as folder:
            path = self._written(Path(folder))
            with Patched(self.swaps, "onnx").swapped():
                found = importing.onnx(path)
            given = recorded(path, found, self.dtypes)
        how = found.spec, found.params, found.names
        rows = ns.certify(None, *how, **given, backends=()).report.rows
        return [row for row in rows if row.check in checks]

    def _written(self, folder: Path) -> Path:
        from tests.importing.onnx_files import Graph

        write, shape, opset = self.file
        graph = Graph(shape, opset)
        write(graph)
        return graph.write(folder)


def recorded(
    path: Path, found: importing.Imported, dtypes: Iterable[str]
) -> dict[str, Any]:
    """Inputs, and what a file gives for them, as ``netspec record`` writes it."""
    from tests.importing import onnx_files as files

    x = files.inputs_of(found)
    outputs: dict[str, Any] = {"framework": "onnx"}
    for dtype in dtypes:
        evaluated = files.evaluated if dtype == "float64" else files.run
        outputs[f"{dtype}.evaluation.output"] = evaluated(path, x)
    if "float64" in dtypes and (step := files.trained(path, x)):
        outputs |= {f"float64.training.{name}": array for name, array in step.items()}
    return {"inputs": x, "outputs": outputs}


def misread(
    name: str,
    planted: Planted,
    write: Write,
    shape: Shape,
    opset: int = 21,
    dtypes: str = " ".join(DTYPES),
    seen_by: str = "outputs",
) -> Bug:
    """A bug in what reads a file. Its spec stands for the input alone."""
    target, swap = planted
    kinds = tuple(dtypes.split())

    def inject(backend: str) -> Reader:
        return Reader(write, shape, opset, kinds, {target: swap})

    held: Inject = inject
    stands_in = Spec("file", shape, [ns.Flatten()])
    return bug(name, held, stands_in, seen_by, dtypes, backend="onnx")


def said(method: str, operation: str, key: str, wrong: Callable[[Any], Any]) -> Planted:
    """What an operation says under a key is taken for something else.

    Args:
        method: of `netspec_onnx.importing.Call` that reads it.
        operation: which says it.
        key: of an attribute, or of what stood for it in older versions.
        wrong: from what is said, or is so by default.
    """

    def changed(original: Any, call: Any, *given: Any) -> Any:
        found = original(call, *given)
        return wrong(found) if call.name == operation and key in given else found

    return within(f"netspec_onnx.importing:Call.{method}", changed)


def within(target: str, wrong: Callable[..., Any]) -> Planted:
    """A function of the reader does ``wrong(original, *arguments)``."""
    return target, lambda original: lambda *given: wrong(original, *given)


def in_layers(target: str, wrong: Callable[..., Any]) -> Planted:
    """So does one of the rules."""
    return within(f"{LAYERS}.{target}", wrong)


def instead(target: str, value: Any) -> Planted:
    """A constant of the rules is another."""
    return f"{LAYERS}.{target}", lambda original: value


# Files


def one(op: str, *shapes: tuple[int, ...], **attributes: Any) -> Write:
    """A node with arrays of these shapes behind the input."""
    return lambda g: g.add(op, *(g.drawn(*shape) for shape in shapes), **attributes)


def pooled(op: str, *shapes: tuple[int, ...], **attributes: Any) -> Write:
    """Such a node, and the mean of all its positions, so that none is missed."""

    def write(graph: Graph) -> None:
        one(op, *shapes, **attributes)(graph)
        graph.add("GlobalAveragePool")

    return write


def with_integers(op: str, *held: list[int] | None, **attributes: Any) -> Write:
    """A node that reads lists of integers."""

    def write(graph: Graph) -> None:
        read = ("" if one is None else graph.array(np.array(one)) for one in held)
        graph.add(op, *read, **attributes)

    return write


def recurrent(op: str, gates: int, **attributes: Any) -> Write:
    """Positions first, as ONNX has them, and back."""

    def write(graph: Graph) -> None:
        graph.add("Transpose", perm=[1, 0, 2])
        arrays = graph.drawn(1, gates * 3, 2), graph.drawn(1, gates * 3, 3)
        bias = graph.drawn(1, 2 * gates * 3)
        graph.add(op, *arrays, bias, hidden_size=3, **attributes)
        graph.add("Transpose", perm=[2, 0, 1, 3])
        graph.add("Reshape", graph.array(np.array([0, 0, -1])))

    return write
