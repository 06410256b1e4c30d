"""Run the comparisons of a certificate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from netspec.certificates._certificate import Bits
from netspec.certificates._judge import judged
from netspec.certificates._law import laws, of_law
from netspec.certificates._settings import OWN, Setting, at_shape, case_of
from netspec.conformance.report import Row
from netspec.contract import Array, Arrays, Handed
from netspec.spec import Spec

Watch = Callable[[str, float], None]


@dataclass(frozen=True)
class Plan:
    """What is compared with what.

    Attributes:
        original: in the place of a backend; None where it does not run here.
        spec: the model.
        params: the weights that were taken from the original.
        targets: backends beside it.
        settings: in which.
        seed: of all draws.
        watch: called with what is done, and the share of all that is done.
    """

    original: Handed | None
    spec: Spec
    params: Arrays
    targets: Sequence[Handed]
    settings: Sequence[Setting]
    seed: int
    watch: Watch


@dataclass
class Found:
    """What was found so far.

    Attributes:
        rows: verdicts.
        equal: number of tensors with the bits of the original, by backend and dtype.
        total: number of tensors.
    """

    rows: list[Row] = field(default_factory=list)
    equal: Counter[tuple[str, str]] = field(default_factory=Counter)
    total: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def bits(self) -> Iterator[Bits]:
        for (backend, dtype), total in self.total.items():
            yield Bits(backend, dtype, self.equal[backend, dtype], total)

    def count(
        self, key: tuple[str, str], one: Mapping[str, Array], other: Mapping[str, Array]
    ) -> None:
        """Count the tensors of a backend that are the original's to the last bit."""
        for name, tensor in one.items():
            if name in other:
                self.total[key] += 1
                self.equal[key] += _same(tensor, other[name])


def run(plan: Plan) -> Found:
    """Compare the original and every backend, setting by setting."""
    found = Found()
    for done, setting in enumerate(plan.settings):
        plan.watch(f"{setting.dtype} {setting.title}", done / len(plan.settings))
        with np.errstate(over="ignore", invalid="ignore"):  # weights may be anything
            _compare(plan, setting, found)
    return found


def _compare(plan: Plan, setting: Setting, found: Found) -> None:
    case = case_of(plan.spec, plan.params, setting, plan.seed)
    received: Mapping[str, Array] = {}
    if plan.original is not None:
        first = judged(plan.original, case, setting, own=setting.weights == OWN)
        found.rows += first.rows
        received = first.received
        if setting == next(filter(of_law, plan.settings), None):  # of all dtypes one
            whole = at_shape(plan.spec, setting.shape)
            drawn = replace(case, spec=whole)
            found.rows += laws(plan.original, whole, drawn, setting)
    for target in plan.targets:
        beside = judged(target, case, setting, own=False)
        found.rows += beside.rows
        found.count((target.name, setting.dtype), beside.received, received)


def _same(one: Array, other: Array) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
