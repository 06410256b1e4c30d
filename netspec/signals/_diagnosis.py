"""Diagnose a net: are gradients of a useful size, and if not, what to change?

A gradient is healthy if its typical value, the root mean square over the parameters of
a layer, is within `BAND` in every layer: the lectures on "Dive into Deep Learning" (Li
et al., numerical stability) ask for gradients in a reasonable range, such as 1e-6 to
1e3. The loss is the mean over examples of the outputs' sum with random N(0, 1) weights.

The band knows neither the weights nor the learning rate. So a step is judged, too: one
that would change a layer by more than `LONGEST` of its own size leaves nothing of what
it held, whatever its gradient is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from netspec.init import Initializer, InitPolicy
from netspec.layers import Container, Layer
from netspec.signals._inits import policies
from netspec.signals._results import Diagnosis, LayerSignal, first
from netspec.spec import Spec

BAND = (1e-6, 1e3)
LONGEST = 1.0  # a step as long as the weights that it moves

GENTLE = 1 / 4  # a function that is nowhere steeper shrinks every gradient
LINEAR = "LeCunNormal"  # the first weights that keep the variance of linear layers


def diagnose(
    rows: Sequence[LayerSignal], spec: Spec, dtype: str, steps: int, lr: float
) -> Diagnosis:
    """Judge the rows of a net, and say what to change.

    Args:
        rows: rows of all layers, in the order of computation.
        spec: the net, with its first weights.
        dtype: dtype in which the net was computed.
        steps: number of training steps before.
        lr: learning rate of the steps, and of the one that is judged.
    """
    word, reason = _find(rows, dtype, lr)
    remedies = (*_rate(word, rows, steps, lr), *_remedies(word, spec))
    return Diagnosis(word, reason, remedies)


def sizes(rows: Sequence[LayerSignal]) -> dict[str, float]:
    """Return the size of the gradient by path, on which the verdict rests: with respect
    to parameters or, in a net without any, with respect to outputs.
    """
    held = {row.path: row.grad_params.rms for row in rows if row.grad_params}
    return held or {row.path: row.grad_output.rms for row in rows}


def _find(rows: Sequence[LayerSignal], dtype: str, lr: float) -> tuple[str, str]:
    forward = first(rows, lambda row: not row.output.finite)
    if forward is not None:
        return "overflow", f"{_overflow(rows)}, in {dtype}"
    backward = first(rows[::-1], lambda row: not _finite_grads(row))
    if backward is not None:
        return "overflow", f"gradients from layer {backward} back, in {dtype}"
    found = sizes(rows)
    least, largest = (
        min(found, key=found.__getitem__),
        max(found, key=found.__getitem__),
    )
    low, high = BAND
    if found[largest] > high:
        return "exploding", f"{_said(largest, found)}, above {high:g}"
    if found[least] < low:
        return "vanishing", f"{_said(least, found)}, below {low:g}"
    span = f"{found[least]:.2g} to {found[largest]:.2g}"
    said, moved = f"gradients of {span}, within {low:g} to {high:g}", _updates(rows)
    if not moved:
        return "healthy", said
    most = max(moved, key=moved.__getitem__)
    step = f"a step at lr {lr:g} changes"
    if moved[most] > LONGEST:
        how = f"layer {most} by {moved[most]:.2g} of its weights"
        return "exploding", f"{step} {how}, above {LONGEST:g}; {said}"
    return "healthy", f"{said}; {step} a layer by at most {moved[most]:.2g} of it"


def _updates(rows: Sequence[LayerSignal]) -> dict[str, float]:
    return {row.path: row.update for row in rows if row.update is not None}


def _said(path: str, found: dict[str, float]) -> str:
    return f"the gradient in layer {path} is {found[path]:.2g}"


def _overflow(rows: Sequence[LayerSignal]) -> str:
    infinite = first(rows, lambda row: bool(row.output.infinite))
    nan = first(rows, lambda row: bool(row.output.nan))
    seen = (("inf", infinite), ("NaN", nan))
    return ", ".join(
        f"{what} from layer {path} on" for what, path in seen if path is not None
    )


def _finite_grads(row: LayerSignal) -> bool:
    return row.grad_output.finite and (not row.grad_params or row.grad_params.finite)


def _rate(
    word: str, rows: Sequence[LayerSignal], steps: int, lr: float
) -> Iterator[str]:
    longest = max(_updates(rows).values(), default=0.0)
    if word == "exploding" and longest > LONGEST:
        most = 0.95 * lr / longest  # below it, however the text is rounded
        yield f"train with a learning rate of at most {most:.2g}"
    elif steps and word in ("exploding", "overflow"):
        yield "train with a lower learning rate"


def _remedies(word: str, spec: Spec) -> Iterator[str]:
    if word == "healthy":
        return
    layers = [node.layer for node in spec.graph.walk()]
    name, weight = _fitting(layers)
    if gentle := _gentle(layers):
        yield f"replace {gentle}, by ReLU with init he"
    elif spec.init.weight != weight:
        yield f"draw first weights that keep the variance: init {name}"
    if not any(layer.normalizes for layer in layers):
        yield "normalize between layers: BatchNorm or LayerNorm"
    if word == "vanishing" and not any(map(_skips, layers)):
        yield "let the signal pass by layers: Residual"
    if word == "exploding":
        yield "clip gradients"


def _gentle(layers: Iterable[Layer]) -> str | None:
    """Name the first function that is nowhere steep, with its largest slope."""
    for layer in layers:
        if layer.steepest is not None and layer.steepest <= GENTLE:
            most = Fraction(layer.steepest).limit_denominator(1000)
            return f"{type(layer).__name__}, whose slope is at most {most}"
    return None


def _fitting(layers: Iterable[Layer]) -> tuple[str, Initializer]:
    """Find the first weights that keep the variance before the first activation."""
    stated = (layer.fitting_init for layer in layers if layer.fitting_init)
    name = next(stated, LINEAR)
    (policy,) = policies(name, InitPolicy()).values()
    return name, policy.weight


def _skips(layer: Layer) -> bool:
    return isinstance(layer, Container) and layer.skips
