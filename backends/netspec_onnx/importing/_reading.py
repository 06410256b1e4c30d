"""From a file of ONNX to what `netspec.importing` takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from onnx import TensorProto, ValueInfoProto

from netspec.errors import ImportProblem, InputError, Obstacle, nearest, shorten
from netspec.importing import Item, Lost, Reading, Signal, live, shape_of
from netspec.layers import Shape
from netspec_onnx.importing._file import FileGraph, read_graph
from netspec_onnx.importing._walk import Walk

FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)
INTEGERS = (TensorProto.INT32, TensorProto.INT64)


def reading(
    path: str,
    input_shape: Sequence[int] | None = None,
    *,
    name: str | None = None,
    output: str | None = None,
) -> Reading:
    """Read a file of ONNX.

    Args:
        path: of the file.
        input_shape: of one example, without the batch axis; that of the file if None.
        name: of the spec; that of the file if None.
        output: which of several outputs; the only one if None.

    Raises:
        ImportProblem: it has several inputs or outputs, or sizes that it leaves open.
        InputError: `input_shape` is none.
        SpecError: the file is none, or damaged; or there is no such output.
    """
    graph = read_graph(path)
    title = name or Path(path).stem
    wanted = None if input_shape is None else shape_of(input_shape)
    if problems := list(_unfit(graph, wanted)):
        raise ImportProblem(title, problems)
    (given,) = graph.inputs
    batch, *sizes = _dims(given)
    shape = tuple(int(n) for n in sizes) if wanted is None else wanted
    fixed = batch if isinstance(batch, int) else None
    walk = Walk(graph, given.name, shape, fixed)
    chosen = _output(graph, output, title)
    walk.run()
    value = walk.value(chosen)
    if not isinstance(value, Signal):
        remedy = "it does not depend on the input, or has the batch not as axis 0"
        remedy = value.remedy if isinstance(value, Lost) else remedy
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    items = tuple(walk.record.items.values())
    used = {w.origin.partition("[")[0] for i in items for w in i.weights.values()}
    return Reading(
        title,
        shape,
        value.key,
        items,
        "int" if _kind(given) in INTEGERS else "float",
        tuple(_wrong(items)),
        notes=tuple(dict.fromkeys(_notes(walk, live(items, value.key)))),
        unused=tuple(_unused(graph, used)),
    )


def _kind(given: ValueInfoProto) -> int:
    return int(given.type.tensor_type.elem_type)


def _dims(given: ValueInfoProto) -> list[int | str]:
    """Return the sizes of an input, the batch first; a text where one is open."""
    dims = given.type.tensor_type.shape.dim
    return [
        dim.dim_value if dim.dim_value > 0 else dim.dim_param or "unknown"
        for dim in dims
    ]


def _unfit(graph: FileGraph, wanted: Shape | None) -> Iterator[Obstacle]:
    """Yield a problem for what keeps a graph from being read at all."""
    inputs = graph.inputs
    if len(inputs) != 1:
        names = ", ".join(shorten(one.name) for one in inputs[:10]) or "none"
        remedy = f"has {len(inputs)} inputs, of which a model has one: {names}"
        yield Obstacle("", "input", None, remedy)
        return
    (given,) = inputs
    dims = _dims(given)
    if _kind(given) not in (*FLOATS, *INTEGERS):
        kinds = dict(map(reversed, TensorProto.DataType.items()))
        remedy = (
            f"is of {str(kinds.get(_kind(given), 'no tensor')).lower()}; a spec takes"
            " float32, float64, int32 or int64"
        )
        yield Obstacle("", "input", None, remedy)
    elif not dims:
        yield Obstacle("", "input", None, "has no batch axis; give it one, as axis 0")
    elif wanted is None and (left := [n for n in dims[1:] if isinstance(n, str)]):
        remedy = f"leaves sizes open: {', '.join(left)}; give input_shape=(...)"
        yield Obstacle("", "input", None, remedy)
    elif wanted is not None and len(wanted) != len(dims) - 1:
        remedy = f"has shape {tuple(dims[1:])}, received input_shape={wanted}"
        yield Obstacle("", "input", None, remedy)


def _output(graph: FileGraph, output: str | None, title: str) -> str:
    names = graph.outputs
    if output is None and len(names) > 1:
        listed = ", ".join(names[:10])
        remedy = f"gives {len(names)} outputs: {listed}; choose one by output="
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    if output is not None and output not in names:
        raise InputError(f"no output {shorten(output)}{nearest(output, names)}")
    return names[0] if output is None else output


def _wrong(items: Sequence[Item]) -> Iterator[Obstacle]:
    """Yield a problem where arrays are of no dtype that a spec has, or of several."""
    held = [weight for item in items for weight in item.weights.values()]
    kinds = {weight.values.dtype.name: weight.origin for weight in held}
    if len(kinds) > 1 or kinds.keys() - {"float32", "float64"}:
        listed = ", ".join(f"{name} is {kind}" for kind, name in kinds.items())
        remedy = f"{listed}; a spec has one of float32 and float64"
        yield Obstacle("", "dtype", None, remedy)


def _notes(walk: Walk, items: Sequence[Item]) -> Iterator[str]:
    """Yield what is to be said of operations that the output depends on."""
    keys = {item.key for item in items}
    for key, note in walk.notes:
        if any(one == key or one.startswith(f"{key}.") for one in keys):
            yield note


def _unused(graph: FileGraph, used: set[str]) -> Iterator[str]:
    """Yield the names of arrays of several numbers that no node reads."""
    read = {name for node in graph.nodes for name in node.input}
    for name, tensor in graph.stored.items():
        several = tensor.data_type in FLOATS and any(size > 1 for size in tensor.dims)
        if several and name not in used | read:
            yield name
