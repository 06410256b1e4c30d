"""`dropout`: masks differ between frameworks, but their law can be tested."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from netspec.conformance import statistics
from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.checks._dropout_in_nets import placed
from netspec.conformance.checks._dropout_inside import inside
from netspec.conformance.judging import Verdict, decided, failed, measured
from netspec.contract import Array
from netspec.layers import Dropout, Layer, Shape
from netspec.spec import Spec, label, shape_text

VALUES, WIDTH = 20, 10  # 2^20 values, 2^10 of an example
TOGETHER = 3  # 2^3 values are zeroed by one draw, where one zeroes several
BLOCK = 2**8  # examples of which the kept ones are counted
TABLE = 2**10  # different values
ULPS = 2


def dropout(subject: Subject) -> Findings:
    """Check that each layer that drops values zeroes them with its probability, one by
    one or as many together as it says, wherever it stands in the net, and scales up the
    rest; that the gradient has the same mask; and that evaluation changes nothing.
    """
    subject.need("training", "gradients")
    everywhere = _dropouts(subject.spec)
    found = dict.fromkeys(everywhere)
    for layer, rank in found:
        case = _case(layer, rank, subject.dtype, subject.seed)
        look = _law if case.rate else _nothing
        for what, verdict in look(subject, case):
            yield f"{case.spec.name}: {what}", verdict
    dropping = [place for place in everywhere if place[0].zeroing_rate]
    if len(dropping) > 1:
        yield "two layers draw two masks", _apart(subject, *dropping[0])
    rates = {layer.zeroing_rate for layer, rank in found if rank == 1}
    if found and 0 not in rates:
        nothing = _case(Dropout(0.0), 1, subject.dtype, subject.seed)
        yield "rate 0 is the identity", _identity(subject, nothing, train=True)
    yield from inside(subject)
    yield from placed(subject)


def _dropouts(spec: Spec) -> list[tuple[Layer, int]]:
    """List the layers that zero values, without their names, each with the number of
    axes of an example that it reads.
    """
    return [
        (replace(node.layer, name=None), max(len(node.input_shape), 1))
        for node in spec.graph.walk()
        if node.layer.zeroing_rate is not None
    ]


class _Signal:
    """A batch drawn from a short table, so that the expected results are in one, too.

    Attributes:
        values: the batch; no value is 0.
    """

    def __init__(
        self, random: np.random.Generator, shape: Shape, dtype: str, rate: float
    ) -> None:
        table = random.uniform(-1.5, 1.5, TABLE)
        table = (table + np.copysign(0.5, table)).astype(dtype)
        self._index = random.integers(TABLE, size=shape, dtype=np.uint16)
        self.values = table[self._index]
        exact = table / (1 - np.longdouble(rate))
        self._high = exact.astype(np.float64)
        self._low = (exact - self._high).astype(np.float64)
        self._ulp = np.spacing(np.abs(exact).astype(dtype)).astype(np.float64)

    def away(self, received: Array) -> Array:
        """Return distances from the values over ``1 - rate``, in ulps of the format."""
        high, low, ulp = (t[self._index] for t in (self._high, self._low, self._ulp))
        return np.asarray(np.abs((received - high) - low) / ulp)


class _Case(NamedTuple):
    """A layer that zeroes values, its rate, and the batches that go through it."""

    spec: Spec
    rate: float
    input: _Signal
    cotangent: _Signal


@lru_cache(2)
def _case(layer: Layer, rank: int, dtype: str, seed: int) -> _Case:
    rate, shape = layer.zeroing_rate or 0.0, _shape(layer.mask_axes, rank)
    spec = Spec(f"{label(layer)} on {shape_text(shape)}", shape, [layer])
    random = np.random.default_rng(seed)
    batch = 2**VALUES // math.prod(shape), *shape
    x, cotangent = (_Signal(random, batch, dtype, rate) for _ in range(2))
    return _Case(spec, rate, x, cotangent)


def _shape(drawn: int | None, rank: int) -> Shape:
    """Return the shape of an example: powers of 2, so that a batch has many draws along
    the first axes, which are all of them or as many as `drawn` says.
    """
    if drawn is None:
        return _powers(WIDTH, rank)
    return _powers(WIDTH - TOGETHER, drawn - 1) + _powers(TOGETHER, rank + 1 - drawn)


def _powers(total: int, count: int) -> Shape:
    """Return `count` powers of 2 whose product is ``2**total``."""
    return tuple(2 ** ((total + i) // count) for i in range(count))


class _Tensors(NamedTuple):
    """Output of a step, and gradient of its input."""

    output: Array
    grad_input: Array


def _step(
    subject: Subject, model: Any, case: _Case, *, train: bool, seed: int
) -> _Tensors:
    given = model, case.spec, case.input.values, case.cotangent.values
    step = subject.backend.step(*given, train=train, seed=seed)
    return _Tensors(step.output, np.asarray(step.grad_input))


def _malformed(found: _Tensors, case: _Case) -> str:
    """Say why the tensors of a step cannot be judged; empty if they can."""
    x = case.input.values
    reasons = (
        statistics.malformed(name, tensor, x.shape, x.dtype.name)
        for name, tensor in found._asdict().items()
    )
    return next(filter(None, reasons), "")


def _law(subject: Subject, case: _Case) -> Findings:
    model = subject.compile(case.spec, params={})
    first, again, other = (
        _step(subject, model, case, train=True, seed=seed)
        for seed in (subject.seed, subject.seed, subject.seed ^ 1)
    )
    if reason := _malformed(first, case) or _malformed(other, case):
        yield "a step", failed(reason)
        return
    (mask, whole), share = _draws(first.output != 0, case), 1 - case.rate
    if whole is not None:
        yield "dropped whole", whole
    yield "kept fraction", statistics.fraction(np.count_nonzero(mask), mask.size, share)
    yield "kept in each slice", statistics.slices(mask, share)
    yield "independence", statistics.independence(mask, share)
    signals = {"output": case.input, "grad_input": case.cotangent}
    for name, signal in signals.items():
        kept, found = first.output != 0, getattr(first, name)
        yield f"scale of {name}", _scaled(found, signal, kept, case.rate)
    same = all(map(np.array_equal, first, again))
    yield "the same seed again", decided(same, "another result from the same seed")
    other_mask, _ = _draws(other.output != 0, case)
    yield "another seed", statistics.likeness(mask, other_mask, share)
    yield "evaluation is the identity", _identity(subject, case, train=False)


def _draws(kept: Array, case: _Case) -> tuple[Array, Verdict | None]:
    """Return what was drawn, and whether what lies behind each draw has one fate; None
    for the latter where every value is drawn by itself.
    """
    drawn = case.spec.layers[0].mask_axes
    if drawn is None:
        return kept, None
    behind = kept.reshape(*kept.shape[:drawn], -1)
    torn = np.count_nonzero(behind.any(-1) != behind.all(-1))
    reason = f"{torn} draws of {behind[..., 0].size} zero a part of what they should"
    mask = behind[..., 0]
    if mask.ndim == 1:  # examples in blocks, each of which is a slice
        mask = mask.reshape(-1, BLOCK)
    return mask, decided(not torn, reason)


def _scaled(received: Array, signal: _Signal, mask: Array, rate: float) -> Verdict:
    """Judge whether values are scaled up where the mask is, and 0 elsewhere.

    Beyond `ULPS`, the format may round the rate, and ``1 / (1 - rate)`` magnifies that
    error by ``rate / (1 - rate)``.
    """
    if lost := np.count_nonzero(received[~mask]):
        return failed(f"{lost} values are not 0 where the output is")
    used = np.max(signal.away(received), where=mask, initial=0)
    reason = "so many units in the last place away from the input over 1 - rate"
    return measured(float(used), ULPS + rate / (1 - rate), reason)


def _nothing(subject: Subject, case: _Case) -> Findings:
    for mode, train in (("training", True), ("evaluation", False)):
        yield f"{mode} is the identity", _identity(subject, case, train=train)


def _identity(subject: Subject, case: _Case, *, train: bool) -> Verdict:
    """Judge whether a step changes nothing, forward and backward."""
    model = subject.compile(case.spec, params={})
    found = _step(subject, model, case, train=train, seed=subject.seed)
    if reason := _malformed(found, case):
        return failed(reason)
    same = {
        "output": np.array_equal(found.output, case.input.values),
        "grad_input": np.array_equal(found.grad_input, case.cotangent.values),
    }
    changed = [name for name in same if not same[name]]
    return decided(not changed, f"{' and '.join(changed)} changed")


def _apart(subject: Subject, layer: Layer, rank: int) -> Verdict:
    """Judge whether two layers keep as many values as two independent masks do."""
    rank = 1 if layer.pointwise and layer.mask_axes is None else rank
    case = _case(layer, rank, subject.dtype, subject.seed)
    spec = Spec("two", case.spec.input_shape, [layer, layer])
    model, seed = subject.compile(spec, params={}), subject.seed
    x = case.input.values
    output = subject.backend.forward(model, spec, x, train=True, seed=seed)
    mask, _ = _draws(output != 0, case)
    share = (1 - case.rate) ** 2
    return statistics.fraction(np.count_nonzero(mask), mask.size, share)
