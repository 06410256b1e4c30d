"""The settings in which an original is compared: weights, shape, dtype and mode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from netspec.conformance import Case, batch_of, draw_case
from netspec.contract import Arrays
from netspec.errors import NetspecError, SpecError, shorten
from netspec.layers import Shape
from netspec.spec import Placed, Spec, shape_text

OWN, DRAWN = "own", "drawn"
MODES = {"evaluation": False, "training": True}
POSITIONS = 4096  # of an example: what has more is compared at a smaller shape
SIZES = (5, 8, 9, 13, 17, 24, 33, 47, 65, 97, 129, 193)
STEP = 2  # by which height and width differ, so that they are not exchanged


@dataclass(frozen=True)
class Setting:
    """One comparison.

    Attributes:
        weights: ``"own"``, those that were trained, or ``"drawn"``, which expose bugs.
        shape: of one example.
        dtype: ``"float64"`` or ``"float32"``.
        train: training mode if True.
    """

    weights: str
    shape: Shape
    dtype: str
    train: bool

    @property
    def title(self) -> str:
        """What a row calls it, beside its dtype and its mode."""
        return f"{self.weights} weights, {shape_text(self.shape)}"

    @property
    def mode(self) -> str:
        return "training" if self.train else "evaluation"


def settings(
    shapes: Iterable[Shape],
    dtypes: Iterable[str],
    modes: Iterable[str],
    weights: Iterable[str],
) -> list[Setting]:
    """List all comparisons; shapes behind the first are for the first dtype alone."""
    first, *others = shapes
    kinds = [*dtypes]
    wanted = [(first, dtype) for dtype in kinds] + [(s, kinds[0]) for s in others]
    return [
        Setting(held, shape, dtype, MODES[mode])
        for shape, dtype in wanted
        for mode in modes
        for held in weights
    ]


def case_of(spec: Spec, params: Arrays, setting: Setting, seed: int) -> Case:
    """Return the numbers of a comparison: one batch for all weights.

    Training is without what draws at random; its law is compared apart.

    Args:
        spec: the model, at its own shape.
        params: the weights that were trained.
        setting: which comparison.
        seed: of all draws.
    """
    whole = at_shape(spec, setting.shape)
    case = _drawn(whole.without_dropout(), setting.train, setting.dtype, seed)
    if not setting.train:
        case = replace(case, spec=whole)  # where what draws at random does nothing
    if setting.weights == DRAWN:
        return case
    own = {path: np.asarray(held, setting.dtype) for path, held in params.items()}
    return replace(case, params=own)


@lru_cache(1)
def _drawn(spec: Spec, train: bool, dtype: str, seed: int) -> Case:
    return draw_case(spec, train=train, dtype=dtype, seed=seed, batch=batch_of(spec))


# At which shapes


def at_shape(spec: Spec, shape: Shape) -> Spec:
    """Return a spec that reads another shape."""
    return spec if shape == spec.input_shape else replace(spec, input_shape=shape)


def check_shapes(spec: Spec, shapes: Iterable[Shape]) -> list[Shape]:
    """Refuse shapes at which a spec is another model.

    Raises:
        NetspecError: says which.
    """
    found = [tuple(shape) for shape in shapes]
    for shape in found:
        if shape != spec.input_shape and not allows(spec, shape):
            raise NetspecError(
                f"shapes: {shorten(spec.name)} is no model with the same parameters at"
                f" {shorten(shape)}; leave it out"
            )
    if not found:
        raise NetspecError("shapes: give one, or None for two that the spec allows")
    return found


def shapes_of(spec: Spec) -> Iterator[Shape]:
    """Yield shapes at which to compare, the best first: that of the spec, unless it is
    large and a smaller one is allowed, and others that are allowed.
    """
    own = spec.input_shape
    others = [shape for shape in _near(own) if allows(spec, shape)]
    large = math.prod(own[1:]) > POSITIONS
    yield from [*others, own] if large else [own, *others]


def _near(own: Shape) -> Iterator[Shape]:
    """Yield other shapes: a little larger than a small one, all sizes for a large."""
    axes = range(1, len(own)) if len(own) > 1 else range(len(own))
    if math.prod(own[1:]) <= POSITIONS:
        for more in (1, 3):
            yield _with(
                own, axes, [own[a] + more + STEP * i for i, a in enumerate(axes)]
            )
    for size in SIZES:
        yield _with(own, axes, [size + STEP * place for place, _ in enumerate(axes)])
    if len(own) == 2:  # positions may come first
        yield (own[0] + 1, own[1])
        yield (max(own[0] // 2, 1), own[1])


def _with(own: Shape, axes: Iterable[int], sizes: Iterable[int]) -> Shape:
    found = list(own)
    for axis, size in zip(axes, sizes, strict=True):
        found[axis] = size
    return tuple(found)


def allows(spec: Spec, shape: Shape) -> bool:
    """Tell whether a spec is the same model at another shape: with the same parameters,
    no axis at 1 that was longer, and no size that only its own shape explains.
    """
    if shape == spec.input_shape:
        return False
    try:
        other = replace(spec, input_shape=shape)
    except SpecError:
        return False
    before, after = spec.parameters(), other.parameters()
    if {p: x.shape for p, x in before.items()} != {
        p: x.shape for p, x in after.items()
    }:
        return False
    pairs = zip(spec.graph.walk(), other.graph.walk(), strict=True)
    return not any(_collapses(*pair) or _is_pinned(*pair) for pair in pairs)


def _collapses(before: Placed, after: Placed) -> bool:
    sizes = zip(before.output_shape, after.output_shape, strict=False)
    return any(new == 1 < old for old, new in sizes)


def _is_pinned(before: Placed, after: Placed) -> bool:
    """Tell whether a layer enlarges to one size whatever it reads, such as to that of
    the input of the model when it was imported.
    """
    changed = before.input_shape != after.input_shape
    same = before.output_shape == after.output_shape
    sizes = zip(after.input_shape[1:], after.output_shape[1:], strict=False)
    return changed and same and any(out > into for into, out in sizes)
