"""Check dropout inside of layers, such as that of attention weights, where a layer says
how it can be seen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from netspec.conformance import statistics
from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import (
    Case,
    Verdict,
    compare,
    decided,
    failed,
    forecast,
    measured,
    numerics_of,
    tensors,
)
from netspec.contract import Array, Step
from netspec.layers import ShownDropout
from netspec.reference import Run, evaluate
from netspec.spec import Spec, label, shape_text

VALUES = 2**18  # at least, that are dropped or kept
EXAMPLES = 3  # in a step that is compared as a whole
ULPS = 4  # of a few products with 1, and of 1 / (1 - rate)


def inside(subject: Subject) -> Findings:
    """Check that values inside of a layer are zeroed one by one, with its probability,
    and the others scaled up, in the gradient as in the output.
    """
    shown = (node.layer.shows_dropout() for node in subject.spec.graph.walk())
    found = {s.layer: s for s in shown if s is not None and s.rate}
    for layer, each in found.items():
        spec = Spec(
            f"{label(layer)} on {shape_text(each.input_shape)}",
            each.input_shape,
            [layer],
        )
        for what, verdict in _law(subject, _Seen(spec, each)):
            yield f"{spec.name}: {what}", verdict


class _Seen(NamedTuple):
    """A layer that shows its dropout, alone in a spec."""

    spec: Spec
    shown: ShownDropout

    def batch(self, count: int, dtype: str) -> Array:
        return np.repeat(self.shown.x[None].astype(dtype), count, axis=0)


def _law(subject: Subject, seen: _Seen) -> Findings:
    shown, spec, dtype = seen.shown, seen.spec, subject.dtype
    params = {f"0.{name}": v.astype(dtype) for name, v in shown.params.items()}
    model = subject.compile(spec, params=params)
    whole, _ = evaluate(spec.graph, seen.batch(1, dtype), Run(params))
    kept = shown.values(whole)[..., shown.kept]
    x = seen.batch(-(-VALUES // kept.size), dtype)
    first, again, other = (
        subject.backend.step(model, spec, x, x, train=True, seed=seed)
        for seed in (subject.seed, subject.seed, subject.seed ^ 1)
    )
    if reason := _malformed(first, x) or _malformed(other, x):
        yield "a step", failed(reason)
        return
    values = shown.values(first.output)[..., shown.kept]
    mask, share = values != 0, 1 - shown.rate
    yield "kept fraction", statistics.fraction(np.count_nonzero(mask), mask.size, share)
    yield "kept in each slice", statistics.slices(mask, share)
    yield "independence", statistics.independence(mask, share)
    scaled = np.where(mask, kept / share, 0)
    yield "scale of output", _near(values, scaled, shown.rate)
    yield "the same seed again", _same(first, again)
    others = shown.values(other.output)[..., shown.kept] != 0
    yield "another seed", statistics.likeness(mask, others, share)
    yield "a step with its mask", _masked(subject, seen, params, model)


def _masked(
    subject: Subject, seen: _Seen, params: dict[str, Array], model: Any
) -> Verdict:
    """Judge a step by the reference with the mask that its output shows."""
    spec, dtype = seen.spec, subject.dtype
    x = seen.batch(EXAMPLES, dtype)
    step = subject.backend.step(model, spec, x, x, train=True, seed=subject.seed)
    if reason := _malformed(step, x):
        return failed(reason)
    masks = {"0": seen.shown.values(step.output) != 0}
    case = Case(spec, params, x, x, True, dtype, masks)
    numerics = numerics_of(subject.backend, case)
    found = compare(tensors(step), case, numerics, forecast(case, numerics))
    return statistics.worst(found.verdicts.values())


def _malformed(step: Step, x: Array) -> str:
    """Say why the tensors of a step cannot be judged; empty if they can."""
    named: dict[str, Any] = {"output": step.output, "grad_input": step.grad_input}
    reasons = (
        statistics.malformed(name, tensor, x.shape, x.dtype.name)
        for name, tensor in named.items()
    )
    return next(filter(None, reasons), "")


def _near(received: Array, expected: Array, rate: float) -> Verdict:
    """Judge whether values are the expected ones to a few units in the last place, more
    where the format rounds the rate.
    """
    unit = np.spacing(np.abs(expected).astype(received.dtype)).astype(np.float64)
    used = np.max(np.abs(received - expected) / unit)
    reason = "so many units in the last place away from what the mask makes of them"
    return measured(float(used), ULPS + rate / (1 - rate), reason)


def _same(first: Step, again: Step) -> Verdict:
    pairs = (first.output, again.output), (first.grad_input, again.grad_input)
    same = all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)
    return decided(same, "another result from the same seed")
