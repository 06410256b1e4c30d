"""Send a batch through a net and a gradient back, and describe both in every layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from numbers import Real
from typing import Any, TypeAlias

import numpy as np

from netspec.contract import (
    Array,
    Arrays,
    Backend,
    Trace,
    check_flag,
    check_input,
    check_spec,
    named,
    smallest_vocabulary,
)
from netspec.errors import BackendError, NetspecError, shorten
from netspec.init import InitPolicy
from netspec.signals._diagnosis import diagnose
from netspec.signals._idle import idle
from netspec.signals._inits import Inits, policies
from netspec.signals._jacobian import check_small, extremes, jacobians
from netspec.signals._memory import check_activations
from netspec.signals._moments import Moments, moments
from netspec.signals._report import ProbeReport
from netspec.signals._results import (
    LayerSignal,
    Propagation,
    SingularValues,
)
from netspec.spec import (
    Placed,
    PlacedChain,
    Spec,
    check_dtype,
    check_params,
    check_seed,
    check_values,
    init_params,
    label,
)

TRAINED = "trained"
Start: TypeAlias = InitPolicy | Arrays


@dataclass(frozen=True)
class Settings:
    """Arguments of `probe`, and draws, that all kinds of first weights share."""

    backend: Any
    dtype: str
    seed: int
    steps: int
    lr: float
    jacobian: bool
    x: Array
    cotangent: Array


def probe(
    spec: Spec,
    backend: str | Backend = "numpy",
    inits: Inits = None,
    *,
    batch: int = 16,
    steps: int = 0,
    lr: float = 0.01,
    jacobian: bool = False,
    seed: int = 0,
    dtype: str = "float32",
    x: Array | None = None,
    weights: Arrays | None = None,
) -> ProbeReport:
    """Follow activations and gradients by depth, in training mode without dropout.

    The loss is the mean over examples of ``sum(output * c)`` with c drawn from N(0, 1).
    All that is drawn follows from the seed and is the same for all backends.

    Args:
        spec: the model.
        backend: a name, or an object that has `TracingBackend.trace`.
        inits: first weights to compare, not those of the spec's policy: a preset such
            as ``"he"``, ``"spec"``, an initializer or its repr, an `InitPolicy`, or
            several; None for the spec's. What a layer itself asks for stays.
        batch: number of examples; not used if `x` is given.
        steps: number of steps of plain SGD before the probe, each on a new batch,
            towards N(0, 1) targets by the mean squared error.
        lr: learning rate of these steps, and of the step by which the weights are
            judged: ``lr * gradient / weight``.
        jacobian: True to add the singular values of the Jacobian of the output with
            respect to the output of each layer; only for small nets.
        seed: a natural number below 2^64.
        dtype: ``"float32"`` or ``"float64"``.
        x: a batch in this dtype; if None, one is drawn from N(0, 1), or uniformly from
            the vocabulary.
        weights: weights that the spec was trained to, by path; they are probed as
            ``"trained"``, before `inits`, or alone where these are None.

    Raises:
        SpecError: `spec` is no Spec, or an initializer cannot draw its parameters.
        InputError: `x` does not fit the spec, or the batch is too small for BatchNorm.
        BackendError: no such backend, or one that cannot be traced or trained.
        NetspecError: another argument is out of range.

    Example:
        >>> from netspec import Dense, ReLU, Spec
        >>> deep = Spec("deep", (64,), [Dense(64), ReLU()] * 30)
        >>> probe(deep, "numpy", ["Normal(0.01)"])["Normal(0.01)"].verdict.word
        'vanishing'
    """
    check_spec(spec)
    check_flag("jacobian", jacobian)
    _check(batch=batch, steps=steps, lr=lr)
    check_dtype(dtype)
    plain, own = spec.without_dropout(), spec.init
    chosen: dict[str, Start] = {}
    if weights is not None:
        check_params(plain, weights)
        check_values(plain, weights, dtype)
        chosen[TRAINED] = {path: array.astype(dtype) for path, array in weights.items()}
    if weights is None or inits is not None:
        chosen |= policies(inits, own)
    if jacobian:
        check_small(plain)
    if x is not None:
        check_input(plain, x, dtype)
    check_activations(plain, batch if x is None else len(x), steps, dtype)
    data = _draw(plain, np.random.default_rng(check_seed(seed)), batch, dtype, x)
    settings = Settings(_backend(backend), dtype, seed, steps, lr, jacobian, *data)
    return _report(plain, chosen, settings)


def _report(spec: Spec, chosen: Mapping[str, Start], settings: Settings) -> ProbeReport:
    found = {
        label: _propagate(label, start, spec, settings)
        for label, start in chosen.items()
    }
    name, count = settings.backend.name, len(settings.x)
    how = (settings.dtype, count, settings.steps, settings.seed)
    return ProbeReport(spec.name, name, *how, found, settings.lr)


def _backend(backend: Any) -> Backend:
    made: Backend = backend if hasattr(backend, "compile") else named(backend)
    return made


def _check(batch: int, steps: int, lr: float) -> None:
    whole = {"batch": (batch, 1), "steps": (steps, 0)}
    for name, (value, least) in whole.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise NetspecError(
                f"{name} must be an integer of at least {least}, received"
                f" {shorten(value)}"
            )
    number = isinstance(lr, Real) and not isinstance(lr, bool)
    if not (number and 0 < lr < np.inf):
        raise NetspecError(f"lr must be a positive number, received {shorten(lr)}")


def _draw(
    spec: Spec, random: np.random.Generator, batch: int, dtype: str, x: Array | None
) -> tuple[Array, Array]:
    """Draw a batch, if none is given, and a cotangent of its mean loss."""
    x = _draw_input(spec, random, batch, dtype) if x is None else x
    weights = random.normal(size=(len(x), *spec.output_shape))
    return x, (weights / len(x)).astype(dtype)


def _draw_input(
    spec: Spec, random: np.random.Generator, batch: int, dtype: str
) -> Array:
    shape = (batch, *spec.input_shape)
    if spec.input_dtype == "float":
        return random.normal(size=shape).astype(dtype)
    return random.integers(0, smallest_vocabulary(spec) or 2, shape)


def _propagate(
    init: str, start: Start, shared: Spec, settings: Settings
) -> Propagation:
    """Follow the signal from one kind of first weights.

    Args:
        init: label of the first weights.
        start: the policy that draws them, or the weights themselves.
        shared: the net with its own policy, which backends compile once for all first
            weights.
        settings: settings of the probe.
    """
    spec, params = _started(start, shared, settings)
    if settings.steps:
        params = _train(shared, params, settings)
    model = settings.backend.compile(shared, params=params, dtype=settings.dtype)
    trace = partial(_ability(settings, "trace"), model, shared, settings.x, train=True)
    seen: Trace = trace(settings.cotangent)
    stretch: dict[str, SingularValues] = {}
    if settings.jacobian:
        batch, pull = len(settings.x), lambda c: trace(c).grads
        matrices = jacobians(shared, pull, batch, settings.dtype)
        stretch = {path: extremes(matrix) for path, matrix in matrices.items()}
    held = (params, settings.lr)
    rows = tuple(_row(node, seen, stretch, *held) for node in in_order(spec.graph))
    how = (settings.dtype, settings.steps, settings.lr)
    return Propagation(init, rows, diagnose(rows, spec, *how))


def _started(start: Start, spec: Spec, settings: Settings) -> tuple[Spec, Arrays]:
    """Return the net with the policy of its first weights, and these."""
    if not isinstance(start, InitPolicy):
        return spec, start
    drawn = replace(spec, init=start)
    return drawn, init_params(drawn, settings.seed, settings.dtype)


def _train(spec: Spec, params: Arrays, settings: Settings) -> Arrays:
    """Return the parameters after some steps of plain SGD."""
    from netspec.contract import Optimizer

    train, batch, dtype = _ability(settings, "train"), len(settings.x), settings.dtype
    random = np.random.default_rng([settings.seed, 1])
    draws = [_draw_input(spec, random, batch, dtype) for _ in range(settings.steps)]
    targets = random.normal(size=(settings.steps, batch, *spec.output_shape))
    model = settings.backend.compile(spec, params=params, dtype=dtype)
    descent = Optimizer("sgd", settings.lr)
    with np.errstate(all="ignore"):  # the probe is there to show that it diverges
        data = np.stack(draws), targets.astype(dtype)
        trained: Arrays = train(model, spec, *data, descent, "mse").params
    return trained


def _ability(settings: Settings, name: str) -> Any:
    if not hasattr(settings.backend, name):
        raise BackendError(
            f"backend {shorten(settings.backend.name)} has no {shorten(name)}, which a"
            " probe needs; use another, such as numpy"
        )
    return getattr(settings.backend, name)


def in_order(graph: PlacedChain) -> Iterator[Placed]:
    """Yield all nodes in the order in which their outputs are computed: containers
    after their content.
    """
    for node in graph.nodes:
        for branch in node.branches:
            yield from in_order(branch)
        yield node


def _row(
    node: Placed,
    seen: Trace,
    stretch: dict[str, SingularValues],
    params: Arrays,
    lr: float,
) -> LayerSignal:
    output = seen.outputs[node.path]
    trained = [f"{node.path}.{n}" for n, p in node.own.items() if p.trainable]
    with np.errstate(all="ignore"):
        idling = idle(node.layer, output)
    grads = _together(seen.step.grad_params, trained)
    return LayerSignal(
        node.path,
        label(node.layer),
        node.output_shape,
        output=moments(output),
        idle=idling,
        grad_output=moments(seen.grads[node.path]),
        grad_params=grads,
        jacobian=stretch.get(node.path),
        update=_update(grads, _together(params, trained), lr),
    )


def _together(arrays: Arrays, paths: Sequence[str]) -> Moments | None:
    """Describe several parameters as one tensor; None if there are none."""
    if not paths:
        return None
    return moments(np.concatenate([arrays[path].ravel() for path in paths]))


def _update(grads: Moments | None, weights: Moments | None, lr: float) -> float | None:
    if not grads or not weights or weights.rms == 0:
        return None
    return lr * grads.rms / weights.rms
