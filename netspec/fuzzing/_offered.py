"""Find the layers that a backend builds: each kind is tried alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from netspec.conformance import draw_case
from netspec.conformance.judging import step_of
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
        barred: names of kinds, and ranks of inputs on which it does not build them.
    """

    names: tuple[str, ...]
    refused: dict[str, str]
    barred: tuple[tuple[str, int], ...] = ()

    @property
    def kinds(self) -> Kinds:
        """Return the kinds themselves."""
        return sort_kinds(map(LAYERS.__getitem__, self.names), self.barred)


def offered(refuse: Refuse) -> Offered:
    """Find which registered kinds of layers a backend builds alone.

    A layer for which every try is refused is left out, as is one that the reference
    does not know, or of which no example can be made from what its fields declare.

    Args:
        refuse: says, for each spec, why it is refused; empty if it is not.
    """
    kinds = [LAYERS[name] for name in LAYERS]
    leaves = [kind for kind in kinds if not issubclass(kind, Container)]
    tried = _try({kind: list(_alone(kind)) for kind in leaves}, refuse)
    inside = next((kind for kind in leaves if _builds(tried[kind])), None)
    others = [kind for kind in kinds if kind not in tried]
    around = {kind: list(_around(kind, inside)) if inside else [] for kind in others}
    tried |= _try(around, refuse)
    names = (kind.__name__ for kind in kinds if _builds(tried[kind]))
    refused = {
        kind.__name__: next(iter(tried[kind].values()), "no example of it can be made")
        for kind in kinds
        if not _builds(tried[kind])
    }
    barred = (
        (kind.__name__, rank)
        for kind, reasons in tried.items()
        for rank, reason in reasons.items()
        if reason
    )
    return Offered(tuple(names), refused, tuple(barred))


def _try(
    specs: Mapping[type[Layer], Sequence[Spec]], refuse: Refuse
) -> dict[type[Layer], dict[int, str]]:
    """Say, for each kind and rank, why it is refused; empty if it is not."""
    reasons = refuse(spec for alone in specs.values() for spec in alone)
    return {
        kind: {len(spec.input_shape): next(reasons) for spec in alone}
        for kind, alone in specs.items()
    }


def _builds(reasons: dict[int, str]) -> bool:
    return not all(reasons.values())


def refusal(spec: Spec, backend: Backend, dtype: str) -> str:
    """Say why a spec is not for a backend; empty if it is.

    Whatever goes wrong otherwise is left for a run to find.
    """
    try:
        case = draw_case(spec.without_dropout(), train=True, dtype=dtype)
        step_of(case)
    except Exception as error:  # of a user's layer
        return f"the reference: {error}"
    try:
        backend.compile(spec, params=case.params, dtype=dtype)
    except BackendError as error:
        return str(error)
    except Exception:
        return ""
    return ""


def _alone(kind: type[Layer]) -> Iterator[Spec]:
    """Yield a spec of one layer for each rank that it reads."""
    reads = "int" if kind.reads == "int" else "float"
    try:
        for shape in SHAPES.values():
            for layer in starts(kind, shape)[:1]:
                yield Spec(kind.__name__, shape, [layer], input_dtype=reads)
    except NetspecError:  # what no strategy draws
        return


def _around(kind: type[Layer], inside: type[Layer]) -> Iterator[Spec]:
    """Yield a spec of a container that holds another layer."""
    for spec in _alone(inside):
        chain = [*spec.layers]
        place = Place(spec.input_shape, Values((chain,), st.just(chain)))
        for layer in made(kind, place)[:1]:
            yield Spec(kind.__name__, spec.input_shape, [layer])
