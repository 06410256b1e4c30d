"""Draw cases: specs with numbers that expose bugs.

Scales have both signs and are not +-1, shifts and running means are not 0, running
variances are not 1, and the cotangent is random. Everything follows from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from netspec.conformance.cases._nudge import Nudge, biases
from netspec.conformance.cases._steady import steadied
from netspec.conformance.judging import Case, forecast
from netspec.contract import Array, Arrays, least_batch, smallest_vocabulary
from netspec.init import DrawnParameter
from netspec.reference import Choices, Free, Run, evaluate
from netspec.spec import Placed, Spec, init_params

BATCH = 5
INPUT_MEAN = -1.0  # negative, which exposes a max pool that pads with 0

SMALL = 2.0**-8  # squared about 1.5e-5, near the usual eps
DOUBLINGS = 11  # values are scaled by 1, 2, 4, ...: at 2^10 exp overflows in float64
ELEVATION = 2.0**8  # mean that a normalization reads: there E[x^2] - E[x]^2 cancels

Draw = Callable[[np.random.Generator, DrawnParameter], Array]

QUIET = 1 / 4  # of the standard deviation of LeCun's law

# Parameters of other roles keep their initial law, so that deep nets stay in range,
# unless it is a constant, which would not show whether axes are exchanged, or a kernel
# is so quiet that from layer to layer nothing is left of values and gradients
DRAWS: dict[str, Draw] = {
    "bias": lambda random, p: random.normal(0, 0.5, p.shape),
    "scale": lambda random, p: (
        random.uniform(0.6, 1.4, p.shape) * random.choice([-1, 1], p.shape)
    ),
    "shift": lambda random, p: random.normal(0, 0.5, p.shape),
    "slope": lambda random, p: random.uniform(0.1, 0.4, p.shape),
}


def draw_case(
    spec: Spec,
    *,
    train: bool,
    dtype: str,
    seed: int = 0,
    batch: int = BATCH,
) -> Case:
    """Draw a case for a spec without Dropout, with margins at every kink.

    Args:
        spec: the model; a Dropout in it would need masks, see `Spec.without_dropout`.
        train: True for training mode, False for evaluation.
        dtype: the format under test; all arrays are representable in it.
        seed: seed of all random draws.
        batch: number of examples; more where a layer needs more to be trained.

    Example:
        >>> from netspec import Dense, Spec
        >>> spec = Spec("small", (3,), [Dense(2)])
        >>> case = draw_case(spec, train=True, dtype="float64")
        >>> case.x.shape[1:], case.dtype
        ((3,), 'float64')
    """
    batch = max(batch, least_batch(spec))
    random = np.random.default_rng(seed)
    params = init_params(spec, seed, dtype)
    for path, parameter in spec.parameters().items():
        draw = DRAWS.get(parameter.role) or _draw_instead(parameter)
        if draw is not None:
            params[path] = np.asarray(draw(random, parameter), dtype)
    x = draw_input(spec, random, batch, dtype)
    cotangent = random.normal(size=(batch, *spec.output_shape)).astype(dtype)
    params |= _draw_state(spec, params, x, random, seed)
    params = nudge(spec, params, x, train)
    return Case(spec, params, x, cotangent, train, dtype)


def _draw_instead(parameter: DrawnParameter) -> Draw | None:
    """Choose how to draw a parameter whose initial law shows too little; None if the
    law will do.
    """
    if not parameter.trainable:
        return None
    if parameter.fan_in is None:
        return None if parameter.law.std else _draw_near
    size = math.hypot(parameter.law.mean, parameter.law.std)
    quiet = not parameter.law.std or size < QUIET * _lecun(parameter)
    return _draw_kernel if quiet else None


def _lecun(parameter: DrawnParameter) -> float:
    """Return the standard deviation of LeCun's law."""
    return float((parameter.fan_in or 1) ** -0.5)


def _draw_kernel(random: np.random.Generator, parameter: DrawnParameter) -> Array:
    """Draw a kernel from LeCun's law, which keeps variances."""
    return random.normal(0, _lecun(parameter), parameter.shape)


def _draw_near(random: np.random.Generator, parameter: DrawnParameter) -> Array:
    """Draw values around a constant, of its sign: what a layer of a user's makes of
    them may allow no other.
    """
    start, shape = parameter.law.mean, parameter.shape
    near = random.uniform(0.6, 1.4, shape) * start
    return np.asarray(near if start else random.normal(0, 0.5, shape))


def nudge(spec: Spec, params: Arrays, x: Array, train: bool) -> dict[str, Array]:
    """Return the parameters, with biases moved away from every kink of this batch."""
    choices = Nudge(biases(spec.graph), dict(params))
    _evaluate(spec, params, x, train, choices)
    return choices.params


def draw_single(
    spec: Spec,
    *,
    train: bool,
    dtype: str,
    seed: int = 0,
    batch: int = BATCH,
) -> Case:
    """Draw a case for one layer, with numbers that expose more than those of a net.

    One channel and one example have a small variance, without which eps would not
    matter.

    A layer without parameters computes the same in both modes. Its case for training
    therefore has inputs far from 0, where limits, thresholds and overflow matter,
    unless only rounding decides there. A normalization, in training and in float64,
    reads inputs with a large mean, where a variance that is computed in one pass loses
    its digits. Long sums in float32 get a cotangent for which they do not cancel.

    Args:
        spec: a single layer, without Dropout.
        train: True for training mode, False for evaluation.
        dtype: the format under test.
        seed: seed of all random draws.
        batch: number of examples; more where a layer needs more to be trained.
    """
    case = draw_case(spec, train=train, dtype=dtype, seed=seed, batch=batch)
    if spec.input_dtype == "float" and spec.input_shape:
        case.x[0] *= SMALL
        case.x[:, :1] *= SMALL
    if train and not spec.parameters():
        far = _far(case)
        blunt = any(tensor.is_blunt for tensor in forecast(far).tensors.values())
        return case if blunt else far
    for path, parameter in spec.parameters().items():
        if parameter.role == "running_var":
            case.params[path].flat[0] = SMALL**2
    if train and dtype == "float64" and spec.layers[0].normalizes:
        return replace(case, x=case.x + ELEVATION)
    return steadied(case, seed) if dtype == "float32" else case


def positions(spec: Spec) -> int:
    """Return how many positions one example has, where it has most."""
    shapes = (node.input_shape[1:] for node in spec.graph.walk())
    return max(math.prod(shape) for shape in shapes)


def _far(case: Case) -> Case:
    doublings = np.arange(case.x.size).reshape(case.x.shape) % DOUBLINGS
    return replace(case, x=case.x * (1 << doublings).astype(case.x.dtype))


def _evaluate(
    spec: Spec, params: Arrays, x: Array, train: bool, choices: Choices
) -> Run:
    wide = {path: value.astype(np.float64) for path, value in params.items()}
    batch = x.astype(np.float64) if spec.input_dtype == "float" else x
    run = Run(wide, train, choices=choices)
    evaluate(spec.graph, batch, run)
    return run


def _draw_state(
    spec: Spec, params: Arrays, x: Array, random: np.random.Generator, seed: int
) -> dict[str, Array]:
    """Draw the running statistics of each layer by its `draw_state`.

    For a layer that does not say how, take the statistics that the reference has after
    two training steps on other batches or, where training does not move them, near what
    they are, so that a backend that ignores or forgets them is seen.
    """
    after = _evaluate(spec, params, x, True, Free()).state
    drawn: dict[str, Array] = {}
    for node in spec.graph.walk():
        held = _state_of(node, params)
        if not held:
            continue
        chosen = node.layer.draw_state(
            held, _state_of(node, {**params, **after}), random
        )
        if chosen is None:
            chosen = _after_other_batches(spec, params, x, seed, node)
        for name, value in chosen.items():
            drawn[f"{node.path}.{name}"] = np.asarray(value, held[name].dtype)
    return drawn


def _state_of(node: Placed, values: Arrays) -> dict[str, Array]:
    """Select the running statistics of a layer, by name, from values by path."""
    return {
        name: values[f"{node.path}.{name}"]
        for name, parameter in node.parameters.items()
        if not parameter.trainable
    }


def _after_other_batches(
    spec: Spec, params: Arrays, x: Array, seed: int, node: Placed
) -> dict[str, Array]:
    """Return the running statistics of a layer after two training steps on other
    batches.

    The batches follow from the path of the layer, so that its statistics do not depend
    on the other layers of the net that have some.
    """
    random = np.random.default_rng([seed, *node.path.encode()])
    values = dict(params)
    for _ in range(2):
        batch = draw_input(spec, random, len(x), x.dtype.name)
        values |= _evaluate(spec, values, batch, True, Free()).state
    found = _state_of(node, values)
    for name, value in _state_of(node, params).items():
        parameter = node.parameters[name]
        if not parameter.law.std and np.array_equal(found[name], value):
            found[name] = _draw_near(random, parameter)
    return found


def draw_input(
    spec: Spec, random: np.random.Generator, batch: int, dtype: str
) -> Array:
    """Draw a batch, (batch, *input_shape): normal values, or indices of the vocabulary
    if the spec takes integers.
    """
    shape = (batch, *spec.input_shape)
    if spec.input_dtype == "float":
        return random.normal(INPUT_MEAN, 1, shape).astype(dtype)
    return random.integers(0, smallest_vocabulary(spec) or 2, shape)
