"""What a seeded bug is: data that says what is wrong, and who must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from netspec.contract import Backend
from netspec.layers import Layer, Shape
from netspec.spec import Spec

Inject: TypeAlias = Callable[[str], Backend]
"""From the name of a backend to that backend with the bug in it."""

DTYPES = ("float32", "float64")
PLANE: Shape = (4, 7, 6)


@dataclass(frozen=True)
class Bug:
    """A mistake in one backend.

    Attributes:
        name: what is wrong.
        inject: plants it.
        spec: on which it shows.
        seen_by: the checks that must fail.
        dtypes: in which each of them must; in the others none of them may.
        backend: in which it is planted.
        sound: on which the backend itself must pass; None for `spec`.
        raises: whether it shows by an error, as where a shape no longer fits.
    """

    name: str
    inject: Inject
    spec: Spec
    seen_by: tuple[str, ...]
    dtypes: tuple[str, ...] = DTYPES
    backend: str = "torch"
    sound: Spec | None = None
    raises: bool = False


def bug(
    name: str,
    inject: Inject,
    on: Layer | Spec,
    seen_by: str,
    dtypes: str = "float32 float64",
    backend: str = "torch",
    sound: Spec | None = None,
    raises: bool = False,
) -> Bug:
    """A `Bug`, with names between spaces; a layer stands for itself alone."""
    spec = on if isinstance(on, Spec) else alone(on)
    checks, kinds = tuple(seen_by.split()), tuple(dtypes.split())
    return Bug(name, inject, spec, checks, kinds, backend, sound, raises)


def alone(layer: Layer, shape: Shape = PLANE) -> Spec:
    """The smallest model that has a layer."""
    reads = "int" if layer.reads == "int" else "float"
    return Spec("one", shape, [layer], input_dtype=reads)
