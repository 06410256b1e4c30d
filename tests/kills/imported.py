"""Importers with bugs, and the certificate that must see them: a model is compiled,
imported, and compared with what was imported of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

import netspec as ns
from netspec import importing
from netspec.conformance import draw_case
from netspec.conformance.report import Row
from netspec.contract import Array
from netspec.importing import Item, Reading, Weight
from netspec.layers import Layer
from netspec.spec import Spec
from tests.conformance.wrapped import Wrapped
from tests.kills.bug import Inject
from tests.kills.inject import Patched, Swap

READ = {"torch": importing.torch, "gluon": importing.gluon}
Build = Callable[[], Any]


class Importer(Wrapped):
    """Imports models that its backend compiles.

    Args:
        name: of the backend.
        build: gives the model, where it is not the compiled spec.
    """

    def __init__(self, name: str, build: Build | None = None) -> None:
        super().__init__(name)
        self.build = build

    def certified(self, spec: Spec, checks: Iterable[str]) -> list[Row]:
        """What a certificate says of the model that is imported."""
        original = self.original(spec)
        found = self.imported(original, spec)
        given = found.spec, found.params, found.names
        rows = ns.certify(original, *given, backends=()).report.rows
        wanted = {*checks, "weights"}
        return [row for row in rows if row.check in wanted]

    def original(self, spec: Spec) -> Any:
        if self.build is not None:
            return self.build()
        drawn = draw_case(spec.without_dropout(), train=True, dtype="float32")
        return self.inner.compile(spec, params=drawn.params)

    def imported(self, original: Any, spec: Spec) -> importing.Imported:
        kind = np.int64 if spec.input_dtype == "int" else np.float32
        example = np.zeros((2, *spec.input_shape), kind)
        return READ[self.inner.name](original, example)


class Faulty(Importer):
    """Imports while some objects are replaced."""

    def __init__(
        self, swaps: Mapping[str, Swap], name: str, build: Build | None = None
    ) -> None:
        super().__init__(name, build)
        self.patched = Patched(swaps, name)

    def imported(self, original: Any, spec: Spec) -> importing.Imported:
        with self.patched.swapped():
            return super().imported(original, spec)


def misread(change: Callable[[Reading], Reading]) -> Inject:
    """What a reader found is changed."""

    def swap(original: Any) -> Any:
        return lambda reading: original(change(reading))

    target = "netspec.importing._sources:imported"
    return lambda name: Faulty({target: swap}, name)


def middle(
    target: str, wrong: Callable[..., Any], build: Build | None = None
) -> Inject:
    """A function of `netspec.importing` does ``wrong(original, *arguments)``."""
    return within(f"netspec.importing.{target}", wrong, build)


def within(
    target: str, wrong: Callable[..., Any], build: Build | None = None
) -> Inject:
    """So does a function of anything, of a model that may be none of a spec."""

    def swap(original: Any) -> Any:
        return lambda *given: wrong(original, *given)

    return lambda name: Faulty({target: swap}, name, build)


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
