"""Find the layers that a backend builds: each kind is tried alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from hypothesis import strategies as st

from netspec.conformance import draw_case
from netspec.contract import Backend
from netspec.errors import BackendError, NetspecError
from netspec.fuzzing.strategies import (
    SHAPES,
    Kinds,
    Place,
    Values,
    made,
    sort_kinds,
    starts,
)
from netspec.layers import LAYERS, Container, Layer, Shape
from netspec.spec import Spec

Refuse = Callable[[Iterable[Spec]], Iterator[str]]
Example = tuple[Shape, Layer]


class Offered(NamedTuple):
    """The layers of which specs for a backend are drawn.

    Attributes:
        names: of the kinds that it builds.
        refused: why the others are left out, by name.
    """

    names: tuple[str, ...]
    refused: dict[str, str]

    @property
    def kinds(self) -> Kinds:
        """Return the kinds themselves."""
        return sort_kinds(LAYERS[name] for name in self.names)


def offered(refuse: Refuse) -> Offered:
    """Find which registered kinds of layers a backend builds alone.

    A layer for which every try is refused is left out, as is one that the reference
    does not know, or of which no example can be made from what its fields declare.

    Args:
        refuse: says, for each spec, why it is refused; empty if it is not.
    """
    kinds = [LAYERS[name] for name in LAYERS]
    leaves = [kind for kind in kinds if not issubclass(kind, Container)]
    reasons = {kind: _reason(_alone(kind), refuse) for kind in leaves}
    inside = next((kind for kind in leaves if not reasons[kind]), None)
    for kind in kinds:
        if kind not in reasons:
            specs = _around(kind, inside) if inside else iter(())
            reasons[kind] = _reason(specs, refuse)
    names = (kind.__name__ for kind in kinds if not reasons[kind])
    return Offered(
        tuple(names), {k.__name__: reason for k, reason in reasons.items() if reason}
    )


def refusal(spec: Spec, backend: Backend, dtype: str) -> str:
    """Say why a spec is not for a backend; empty if it is.

    Whatever goes wrong otherwise is left for a run to find.
    """
    try:
        case = draw_case(spec.without_dropout(), train=False, dtype=dtype)
    except Exception as error:  # of a user's layer
        return f"the reference: {error}"
    try:
        backend.compile(spec, params=case.params, dtype=dtype)
    except BackendError as error:
        return str(error)
    except Exception:
        return ""
    return ""


def _reason(specs: Iterator[Spec], refuse: Refuse) -> str:
    """Say why all of these are refused; empty if one is not."""
    reasons = list(refuse(specs)) or ["no example of it can be made"]
    return reasons[0] if all(reasons) else ""


def _alone(kind: type[Layer]) -> Iterator[Spec]:
    """Yield a spec of one layer for each rank that it reads."""
    try:
        for shape in SHAPES.values():
            for layer in starts(kind, shape)[:1]:
                yield Spec(kind.__name__, shape, [layer], input_dtype=kind.reads)
    except NetspecError:  # what no strategy draws
        return


def _around(kind: type[Layer], inside: type[Layer]) -> Iterator[Spec]:
    """Yield a spec of a container that holds another layer."""
    for spec in _alone(inside):
        chain = [*spec.layers]
        place = Place(spec.input_shape, Values((chain,), st.just(chain)))
        for layer in made(kind, place)[:1]:
            yield Spec(kind.__name__, spec.input_shape, [layer])
