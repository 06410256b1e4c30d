"""Draw specs by number: they follow from a seed and the version of Hypothesis alone.

Hypothesis' own generator mixes constants that it finds in the sources of the project
into what it draws, so that a changed line changes the draws; and `given` draws
neighbors of what it drew before. Here every choice is a plain uniform one.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, TypeVar

import hypothesis
from hypothesis.control import BuildContext
from hypothesis.errors import StopTest, UnsatisfiedAssumption
from hypothesis.internal.conjecture.data import MAX_DEPTH, ConjectureData
from hypothesis.internal.conjecture.providers import PrimitiveProvider
from hypothesis.strategies import SearchStrategy
from hypothesis.strategies._internal.lazy import unwrap_strategies

from netspec.errors import NetspecError
from netspec.fuzzing.strategies import OWN, Kinds, specs_with
from netspec.layers import Layer
from netspec.spec import Spec

Drawn = TypeVar("Drawn")

VERSION = hypothesis.__version__
WIDEST = 2.0**10  # of a number without bounds
TRIES = 1000
LONGEST = 10  # of a text or a list without bounds
RARE = 8  # one spec in so many reads integers


def draw_spec(seed: int, number: int, kinds: Kinds = OWN) -> Spec:
    """Draw the spec of a number.

    The kinds take turns, each time in another order: of as many specs as there are
    `turns`, one has surely a layer of each kind.

    Args:
        seed: of the run.
        number: of the spec, from 0.
        kinds: the kinds of layers that it may hold.
    """
    every = turns(kinds)
    past, turn = divmod(number, len(every))
    order = Random(f"{seed}, turns {past}").sample(every, len(every))  # noqa: S311
    return draw(specs_with(order[turn], kinds=kinds), f"{seed}, {number}")


def turns(kinds: Kinds = OWN) -> tuple[type[Layer], ...]:
    """List the kinds that hold no layers, those that read integers several times."""
    often = 1 + len(kinds.leaves) // RARE
    return (*kinds.leaves, *kinds.lookups * often)


def draw(strategy: SearchStrategy[Drawn], seed: str) -> Drawn:
    """Draw one value of a strategy; again where it gives up, or a layer of a user's
    raises what it should not.
    """
    random = Random(seed)  # noqa: S311 (no secrets)
    for left in reversed(range(TRIES)):
        data = _Data(random=random, provider=_Uniform, provider_kw={"random": random})
        try:
            with BuildContext(data, wrapped_test=draw):
                return data.draw(strategy)
        except (StopTest, UnsatisfiedAssumption):
            continue
        except Exception:
            if not left:
                raise
    raise NetspecError("nothing can be drawn: every try was given up")


class _Data(ConjectureData):
    """What strategies draw from, without the record from which Hypothesis replays and
    shrinks: keeping it takes longer than drawing.
    """

    def draw(
        self,
        strategy: SearchStrategy[Drawn],
        label: int | None = None,
        observe_as: str | None = None,
    ) -> Drawn:
        if strategy.is_empty or self.depth >= MAX_DEPTH:
            self.mark_invalid()
        self.depth += 1
        try:
            drawn: Drawn = unwrap_strategies(strategy).do_draw(self)  # type: ignore[no-untyped-call]
            return drawn
        finally:
            self.depth -= 1

    def start_span(self, label: int) -> None:
        self.depth += 1

    def stop_span(self, *, discard: bool = False) -> None:
        self.depth -= 1

    def _pooled_constraints(self, choice_type: Any, constraints: Any) -> Any:
        return constraints

    def _draw(
        self, choice_type: Any, constraints: Any, *, observe: bool, forced: Any
    ) -> Any:
        self.length += 1
        if self.length > self.max_length:
            self.mark_overrun()
        if forced is not None:
            return forced
        return getattr(self.provider, f"draw_{choice_type}")(**constraints)


class _Uniform(PrimitiveProvider):
    """Choose uniformly."""

    def __init__(self, data: ConjectureData | None, /, *, random: Random) -> None:
        super().__init__(data)
        self._random = random

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        if weights:
            return self._random.choices([*weights], [*weights.values()])[0]
        low = -LONGEST if min_value is None else min_value
        high = max(low, 0) + LONGEST if max_value is None else max_value
        return self._random.randint(low, high)

    def draw_float(
        self,
        *,
        min_value: float = -math.inf,
        max_value: float = math.inf,
        allow_nan: bool = True,
        smallest_nonzero_magnitude: float = 0.0,
    ) -> float:
        low, high = max(min_value, -WIDEST), min(max_value, WIDEST)
        return self._random.uniform(low, high)

    def draw_string(
        self, intervals: Any, *, min_size: int = 0, max_size: int = LONGEST
    ) -> str:
        size = self._size(min_size, max_size)
        codes = (self._random.randrange(len(intervals)) for _ in range(size))
        return "".join(chr(intervals[code]) for code in codes)

    def draw_bytes(self, min_size: int = 0, max_size: int = LONGEST) -> bytes:
        return self._random.randbytes(self._size(min_size, max_size))

    def _size(self, least: int, most: int) -> int:
        return self._random.randint(least, min(most, least + LONGEST))
