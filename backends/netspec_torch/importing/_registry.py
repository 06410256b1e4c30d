"""Rules by which operations become layers.

A rule is registered by the name of an operation, without overload and without the
underscore of one that works in place, or for a class of modules whose code is read as a
whole:

    @read.register("aten.gelu")
    def gelu(call: Call) -> Layer:
        return netspec.GELU(approximate=call["approximate"] == "tanh")

    @read.register_module(Swish)
    def swish(call: Call) -> Layer:
        return netspec.SiLU(call.module.beta)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TypeAlias

from torch import nn

from netspec.importing import Made, register
from netspec.layers import Layer
from netspec_torch.importing._call import Call

Rule: TypeAlias = Callable[[Call], Made]


class Rules:
    """Rules by name of the operation, and by class of the module."""

    def __init__(self) -> None:
        self.operations: dict[str, Rule] = {}
        self._modules: dict[str, Rule] = {}
        self._carried: dict[str, type[nn.Module]] = {}

    def register(self, *names: str) -> Callable[[Rule], Rule]:
        """Make a decorator that registers a rule for operations such as
        ``"aten.relu"``.

        A rule returns a layer, layers in order, a `Join`, or what it received where the
        operation changes nothing; it raises what `Call.refused` makes where netspec has
        no layer for what was received.
        """
        return register(self.operations, names)

    def register_module(self, kind: type[nn.Module] | str) -> Callable[[Rule], Rule]:
        """Make a decorator that registers a rule for the code of modules, which goes
        before the rules for the operations in it.

        Args:
            kind: the class; a file may carry its source along, as exported files do. Or
                the dotted name of one that need not be installed.
        """
        if not isinstance(kind, str):
            self._carried[kind.__name__] = kind
        return register(self._modules, [_dotted(kind)])

    def of_module(self, module: object) -> Rule | None:
        """Return the rule for the code of a module, if there is one."""
        kind: type = type(module)
        own = self._carried.get(kind.__name__)
        if own is not None and kind is not own and _source(kind) == _source(own):
            kind = own
        return self._modules.get(_dotted(kind))

    def layers(self, kinds: Mapping[str, type[Layer]]) -> None:
        """Register layers without fields, by the operation that is each."""
        for name, kind in kinds.items():
            self.operations[name] = _plain(kind)

    def fields(
        self, table: Mapping[str, tuple[type[Layer], Mapping[str, str]]]
    ) -> None:
        """Register layers whose fields are arguments of an operation: the class, and
        the argument of each field.
        """
        for name, (kind, fields) in table.items():
            self.operations[name] = _filled(kind, fields)


def _dotted(kind: type | str) -> str:
    return kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"


def _source(kind: type) -> str | None:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):  # it was not written in a file
        return None


def _plain(kind: type[Layer]) -> Rule:
    return lambda call: kind()


def _filled(kind: type[Layer], fields: Mapping[str, str]) -> Rule:
    return lambda call: kind(**{field: call[arg] for field, arg in fields.items()})


read = Rules()
