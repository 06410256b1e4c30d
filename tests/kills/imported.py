"""A backend whose models have been imported: what it compiles is read again, and what
that gives is compiled in its place. A bug of an importer is then a bug of a backend.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netspec import importing
from netspec.contract import Array, Step
from netspec.importing import Imported, Item, Reading, Weight
from netspec.layers import Layer
from netspec.spec import Spec
from tests.conformance.wrapped import Wrapped
from tests.kills.bug import Inject
from tests.kills.inject import Patched, Swap

READ = {"torch": importing.torch, "gluon": importing.gluon}


@dataclass(frozen=True)
class Model:
    """A model that was imported.

    Attributes:
        net: compiled again.
        found: what the import gave.
        paths: in the spec before it, by path in the spec behind it.
    """

    net: Any
    found: Imported
    paths: Mapping[str, str]

    def renamed(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        return {self.paths[path]: array for path, array in arrays.items()}


class Reimported(Wrapped):
    """Models are compiled, imported and compiled again."""

    def compile(self, spec: Spec, **how: Any) -> Model:
        first = self.inner.compile(spec, **how)
        kind = np.int64 if spec.input_dtype == "int" else np.float32
        name = self.inner.name
        found = READ[name](first, np.zeros((2, *spec.input_shape), kind))
        again = {**how, "params": found.params, "seed": None}
        paths = paths_of(first, spec) if name == "gluon" else {}
        back = {path: paths.get(own, own) for path, own in found.names.items()}
        return Model(self.inner.compile(found.spec, **again), found, back)

    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        return self.inner.forward(model.net, model.found.spec, x, **how)

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = self.inner.step(model.net, model.found.spec, *given, **how)
        grads, state = model.renamed(step.grad_params), model.renamed(step.state)
        return replace(step, grad_params=grads, state=state)


def paths_of(net: Any, spec: Spec) -> dict[str, str]:
    """Paths of parameters by the names that Gluon gives them."""
    from netspec_gluon._arrays import tensors

    return {held.name: path for path, held in tensors(net, spec).items()}


class Faulty(Patched):
    """Imports while some objects are replaced."""

    def __init__(self, swaps: Mapping[str, Swap], name: str) -> None:
        super().__init__(swaps, name)
        self.inner = Reimported(name)


def misread(change: Callable[[Reading], Reading]) -> Inject:
    """What a reader found is changed."""

    def swap(original: Any) -> Any:
        return lambda reading: original(change(reading))

    target = "netspec.importing._sources:imported"
    return lambda name: Faulty({target: swap}, name)


def middle(target: str, wrong: Callable[..., Any]) -> Inject:
    """A function of `netspec.importing` does ``wrong(original, *arguments)``."""

    def swap(original: Any) -> Any:
        return lambda *given: wrong(original, *given)

    return lambda name: Faulty({f"netspec.importing.{target}": swap}, name)


def items(change: Callable[[Item], Item]) -> Inject:
    """Each value is read otherwise."""
    return misread(lambda one: replace(one, items=tuple(map(change, one.items))))


def layers(kind: type[Layer], **fields: Any) -> Inject:
    """Layers of a kind are read with other fields: values, or functions of layers."""

    def change(item: Item) -> Item:
        if not isinstance(item.made, kind):
            return item
        made = {n: v(item.made) if callable(v) else v for n, v in fields.items()}
        return replace(item, made=replace(item.made, **made))

    return items(change)


def taken(kind: type[Layer], other: Layer | None) -> Inject:
    """Layers of a kind are taken for another, or for none."""
    return items(
        lambda item: replace(item, made=other) if isinstance(item.made, kind) else item
    )


def operands(merge: str, order: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Inject:
    """What a merge reads is read in another order."""
    return items(
        lambda item: (
            replace(item, reads=order(item.reads))
            if getattr(item.made, "merge", None) == merge
            else item
        )
    )


def weights(name: str, change: Callable[[Array], Array], axes: int = 0) -> Inject:
    """Parameters of a name are changed, those of so many axes if any are given."""

    def changed(weight: Weight) -> Weight:
        if axes and weight.values.ndim != axes:
            return weight
        return weight._replace(values=np.ascontiguousarray(change(weight.values)))

    return items(
        lambda item: replace(
            item,
            weights={
                k: changed(w) if k == name else w for k, w in item.weights.items()
            },
        )
    )


def exchanged(one: str, other: str) -> Inject:
    """Two parameters of a layer change places, values and all."""

    def change(item: Item) -> Item:
        held = dict(item.weights)
        if one in held and other in held:
            first, second = held[one], held[other]
            held[one] = first._replace(values=second.values)
            held[other] = second._replace(values=first.values)
        return replace(item, weights=held)

    return items(change)
