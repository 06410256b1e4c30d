"""Ask the frameworks that are installed what they call each layer."""

from __future__ import annotations

import ast
import inspect
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from netspec import contract
from netspec._system import write_together
from netspec.contract import ListingBackend, backend, backends, export
from netspec.declare.rules import Json
from netspec.differences import FRAMEWORKS, missing, version
from netspec.errors import NetspecError
from netspec.layers import elsewhere
from netspec.site._frameworks import frameworks
from netspec.site._native import FOLDER, Native, Recorded, natives
from netspec.site._samples import samples, shown_specs
from netspec.spec import Spec

Names = dict[str, Any]

# How many layers of a kind a process had made before: rnn_cell_11/kernel
COUNTED = re.compile(r"_\d+(?=/)")


def record_natives(folder: Path = FOLDER) -> tuple[Path, ...]:
    """Ask every framework that is installed, and write what it said.

    Args:
        folder: where to write ``<framework>-<version>.json``.

    Returns:
        The files, which are written all or none.
    """
    asked = [name for name, shown in frameworks().items() if shown.column]
    here = [name for name in asked if not missing(name)]
    told = [ask(name) for name in here]
    files = {folder / f"{one.framework}-{one.version}.json": one for one in told}
    write_together({path: _writer(one) for path, one in files.items()})
    natives.cache_clear()
    return tuple(files)


def _writer(told: Recorded) -> Any:
    return lambda file: file.write(_file(asdict(told)).encode())


def _file(document: Json) -> str:
    """Write a recording as JSON with a line for each layer and entry."""
    parts = [f"{json.dumps(key)}: {_lines(told)}" for key, told in document.items()]
    return "{" + ",\n".join(parts) + "}\n"


def _lines(told: Json) -> str:
    if not isinstance(told, dict):
        return json.dumps(told)
    lines = (f"{json.dumps(key)}: {json.dumps(told[key])}" for key in sorted(told))
    return "{\n" + ",\n".join(lines) + "\n}"


def ask(framework: str) -> Recorded:
    """Ask a framework that is installed."""
    names: Names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(FRAMEWORKS[framework].preamble, names)  # noqa: S102 (the registry's own)
        asked = {
            layer: told
            for layer, spec in samples().items()
            if (told := _layer(framework, layer, spec, names))
        }
        listed = isinstance(_backend(framework), ListingBackend)
        specs = {
            id_: {"digest": spec.digest, "calls": _calls(framework, spec, entry.dtype)}
            for id_, (entry, spec) in shown_specs().items()
            if listed
        }
    public = version(framework).partition("+")[0]
    date = datetime.now(UTC).date().isoformat()
    return Recorded(framework, public, date, asked, specs)


def _backend(framework: str) -> Any:
    return backend(framework) if framework in backends() else None


def _layer(framework: str, layer: str, spec: Spec, names: Names) -> Native | None:
    own = _backend(framework)
    if not isinstance(own, ListingBackend):
        called = elsewhere().get(layer, {}).get(framework, "")
        return Native("", "", called, _signature(called, names)) if called else None
    try:
        listing = own.listing(spec)
        source = export(spec, framework)
    except NetspecError:
        return None
    call = listing.layers["0"]
    called = _callee(call)
    carried = _carried(source, called)
    nearest = elsewhere().get(layer, {}).get(framework, called)
    signature = _signature(nearest, names) or (
        _stated(carried) if nearest == called else {}
    )
    return Native(
        spec.digest,
        call,
        nearest,
        signature,
        listing.first_weights.removeprefix("return "),
        carried,
        _parameters(framework, spec, names),
    )


def _callee(call: str) -> str:
    """Return the name that a call calls, or that which makes what it calls."""
    tree = ast.parse(call, mode="exec").body
    value = tree[-1].value if tree and isinstance(tree[-1], ast.Expr) else None
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Call):
        value = value.func
    return ast.unparse(value.func) if isinstance(value, ast.Call) else ""


def _signature(called: str, names: Names) -> dict[str, str]:
    """Return the parameters of what a name means, with their defaults as source."""
    try:
        target = eval(called.partition("(")[0], names)  # noqa: S307 (a plain name)
        making = target.__init__ if inspect.isclass(target) else target
        taken = inspect.signature(making).parameters.values()
    except (NameError, AttributeError, SyntaxError, TypeError, ValueError):
        return {}
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {
        one.name: "" if one.default is one.empty else _written(one.default)
        for one in taken
        if one.kind not in kinds and one.name != "self"
    }


def _stated(source: str) -> dict[str, str]:
    """Return the parameters of a function that an exported file carries along."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            taken = node.args
            placed = [*taken.posonlyargs, *taken.args]
            rest = [None] * (len(placed) - len(taken.defaults))
            pairs = zip(
                [*placed, *taken.kwonlyargs],
                [*rest, *taken.defaults, *taken.kw_defaults],
                strict=True,
            )
            return {one.arg: ast.unparse(d) if d else "" for one, d in pairs}
    return {}


def _written(default: object) -> str:
    """Write a default: a number as it is, a function by its name; others not at all."""
    if isinstance(default, bool | int | float | str | tuple | list | None):
        return repr(default)
    return str(getattr(default, "__name__", ""))


def _carried(source: str, called: str) -> str:
    """Return the function or class of a file that has this name; empty if none does."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == called:
            return ast.get_source_segment(source, node) or ""
    return ""


def _parameters(framework: str, spec: Spec, names: Names) -> dict[str, Json]:
    """Find each parameter under the framework's own name, by its values."""
    expression = frameworks()[framework].parameters
    drawn = _distinct(spec)
    if not expression or not drawn:
        return {}
    model = contract.compile(spec, framework, params=drawn)
    own = eval(expression, names | {"model": model})  # noqa: S307 (our own data)
    return {
        path: found for path, value in drawn.items() if (found := _found(value, own))
    }


def _distinct(spec: Spec) -> dict[str, Any]:
    """Make parameters no two values of which are equal."""
    made, start = {}, 1
    for path, parameter in spec.parameters().items():
        size = int(np.prod(parameter.shape))
        count = np.arange(start, start + size, dtype=np.float32)
        made[path], start = count.reshape(parameter.shape) / 1024, start + size
    return made


def _found(value: Any, own: Mapping[str, Any]) -> Json | None:
    """Find the array that has these values, on axes in whatever order."""
    for name, array in own.items():
        for axes in _orders(value.ndim):
            if np.array_equal(value.transpose(axes), array):
                called = COUNTED.sub("", name)
                return {"name": called, "shape": [*array.shape], "axes": [*axes]}
    return None


def _orders(axes: int) -> Iterable[tuple[int, ...]]:
    return permutations(range(axes))


def _calls(framework: str, spec: Spec, dtype: str) -> str:
    """Return what a spec becomes, layer by layer; a refusal as a comment."""
    own = backend(framework)
    assert isinstance(own, ListingBackend)
    try:
        listing = own.listing(spec, dtype=dtype)
    except NetspecError as error:
        return f"# refused: {error}"
    calls = (text for path, text in listing.layers.items() if "." not in path)
    drawn = listing.first_weights.removeprefix("return ")
    return "\n".join((*calls, *filter(None, [drawn])))
