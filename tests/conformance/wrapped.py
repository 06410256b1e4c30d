"""A backend that is another one but for what a test changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import netspec
from netspec import Layer, Spec
from netspec.contract import Array, Backend, Step
from netspec.errors import BackendError
from netspec.spec import map_layers


class Wrapped:
    """A registered backend under another name; subclasses change what it does.

    Args:
        name: of the backend that does the work.
    """

    def __init__(self, name: str = "torch") -> None:
        self.inner: Backend = netspec.backend(name)
        self.name = f"wrapped {name}"

    def __getattr__(self, name: str) -> Any:  # its optional abilities, too
        return getattr(self.inner, name)

    def compile(self, spec: Spec, **how: Any) -> Any:
        return self.inner.compile(spec, **how)

    def source(self, spec: Spec, **how: Any) -> str:
        return self.inner.source(spec, **how)

    def params(self, model: Any, spec: Spec) -> dict[str, Array]:
        return self.inner.params(model, spec)

    def load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        return self.inner.load_params(model, spec, params)

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        return self.inner.forward(model, spec, x, **how)

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        return self.inner.step(model, spec, *given, **how)


class Refusing(Wrapped):
    """Cannot build a kind of layer.

    Args:
        kind: of layers.
        name: of the backend that does the work.
    """

    def __init__(self, kind: type[Layer], name: str = "torch") -> None:
        super().__init__(name)
        self.kind = kind

    def compile(self, spec: Spec, **how: Any) -> Any:
        for node in spec.graph.walk():
            if isinstance(node.layer, self.kind):
                raise BackendError(f"{node.path} {self.kind.__name__}: not built here")
        return super().compile(spec, **how)


class Misreading(Wrapped):
    """Builds another layer than the spec says.

    Args:
        change: from a layer to the one that is built in its place.
        name: of the backend that does the work.
    """

    def __init__(self, change: Callable[[Layer], Layer], name: str = "torch") -> None:
        super().__init__(name)
        self.change = change

    def read(self, spec: Spec) -> Spec:
        return replace(spec, layers=map_layers(self.change, spec.layers))

    def compile(self, spec: Spec, **how: Any) -> Any:
        return self.inner.compile(self.read(spec), **how)

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        return self.inner.step(model, self.read(spec), *given, **how)
