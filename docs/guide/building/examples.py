"""The example under each public name: in its docstring, in ``examples/<module>.md`` or,
for a layer, made of its first case in the catalog.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from netspec import Layer, Spec
from netspec.conformance import single_layers

FOLDER = Path(__file__).parents[1] / "examples"
SECTION = re.compile(r"^## (\w+)\n+```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGIN = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def of(module: str, name: str) -> str:
    """Return the example of a name as a session of Python; nothing if its docstring has
    it.

    Raises:
        ValueError: there is none.
    """
    value = getattr(import_module(module), name)
    if ">>> " in (inspect.getdoc(inspect.unwrap(value)) or ""):
        return ""
    if written := sections(module).get(name):
        return written
    if inspect.isclass(value) and value in _layers():
        return _of_layer(value)
    raise ValueError(f"{module}.{name} has no example; write it into {FOLDER.name}")


def begin(module: str) -> str:
    """Return what the examples of a module begin with."""
    return BEGIN.findall(_text(module).partition("\n## ")[0])[0]


def sections(module: str) -> dict[str, str]:
    """Return the written examples of a module, by name."""
    return dict(SECTION.findall(_text(module)))


def _text(module: str) -> str:
    file = FOLDER / f"{module}.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""


@cache
def _layers() -> dict[type[Layer], Spec]:
    """Return the first case of each layer."""
    found: dict[type[Layer], Spec] = {}
    for spec in single_layers().values():
        found.setdefault(type(spec.layers[0]), spec)
    return found


def _of_layer(kind: type[Layer]) -> str:
    spec = _layers()[kind]
    given = [f"{spec.input_shape}", f"[{_written(spec.layers[0])}]"]
    if spec.input_dtype == "int":
        given.append('input_dtype="int"')
    made = f'Spec("example", {", ".join(given)})'
    lines = [f">>> spec = {made}", ">>> spec.output_shape", f"{spec.output_shape}"]
    if shapes := {path: one.shape for path, one in spec.parameters().items()}:
        lines += [">>> for path, one in spec.parameters().items():"]
        lines += ["...     print(path, one.shape)"]
        lines += [f"{path} {shape}" for path, shape in shapes.items()]
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    """Write a layer as one makes it, without what is as by default."""
    if isinstance(value, tuple) and any(isinstance(one, Layer) for one in value):
        return f"[{', '.join(map(_written, value))}]"
    if not isinstance(value, Layer):
        return repr(value)
    given = {
        field.name: _written(getattr(value, field.name))
        for field in fields(value)
        if field.default is MISSING or getattr(value, field.name) != field.default
    }
    return f"{type(value).__name__}({', '.join(f'{k}={v}' for k, v in given.items())})"
