"""Recurrent layers, by `lax.scan` over the positions.

Weights keep PyTorch's layout, gates one below another: weight_ih_l0 (gates * units,
inputs), weight_hh_l0 (gates * units, units), and a bias of each; names of what reads
the last position first end with ``_reverse`` where both directions are read.

No bias is added to a whole product with the state: XLA for CPUs would fuse the two into
loops that are several times as slow for a batch of one.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array, lax
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric
from netspec_jax.support.dense import glorot_uniform

State = tuple[Array, ...]
Step = Callable[[Tree, State, Array], State]

BOTH = ("bias_ih", "bias_hh")


def rnn(
    inputs: int,
    units: int,
    direction: str = "forward",
    *,
    activation: Callable[[Array], Array] = jnp.tanh,
    **drawn: Initializer | None,
) -> Layer:
    """``h = tanh(W x + b + U h + c)``, or with another activation."""

    def step(params: Tree, state: State, a: Array) -> State:
        return (activation(a + state[0] @ params["weight_hh"].T),)

    return recurrent(step, 1, 1, inputs, units, direction, BOTH, **drawn)


def lstm(
    inputs: int,
    units: int,
    direction: str = "forward",
    **drawn: Initializer | None,
) -> Layer:
    """``c = f c + i g``, ``h = o tanh(c)``; the gates stand in the order i f g o."""

    def step(params: Tree, state: State, a: Array) -> State:
        h, c = state
        i, f, g, o = jnp.split(a + h @ params["weight_hh"].T, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c

    return recurrent(step, 4, 2, inputs, units, direction, BOTH, **drawn)


def gru(
    inputs: int,
    units: int,
    direction: str = "forward",
    **drawn: Initializer | None,
) -> Layer:
    """``h = (1 - z) n + z h`` with ``n = tanh(W x + b + r (U h + c))``; the gates stand
    in the order r z n.
    """

    def step(params: Tree, state: State, a: Array) -> State:
        (h,) = state
        ar, az, an = jnp.split(a, 3, axis=1)
        ur, uz, un = jnp.split(h @ params["weight_hh"].T, 3, axis=1)
        if "bias_hh" in params:
            cr, cz, cn = jnp.split(params["bias_hh"], 3)
            ur, uz, un = ur + cr, uz + cz, un + cn
        r, z = jax.nn.sigmoid(ar + ur), jax.nn.sigmoid(az + uz)
        n = jnp.tanh(an + r * un)
        return ((1 - z) * n + z * h,)

    before = ("bias_ih",)  # r multiplies the other
    return recurrent(step, 3, 1, inputs, units, direction, before, **drawn)


def reset_before_gru(
    inputs: int,
    units: int,
    direction: str = "forward",
    **drawn: Initializer | None,
) -> Layer:
    """`gru` with ``n = tanh(W x + b + U (r h) + c)``."""

    def step(params: Tree, state: State, a: Array) -> State:
        (h,) = state
        of_gates, of_n = jnp.split(params["weight_hh"], [2 * units])
        gates, candidate = jnp.split(a, [2 * units], axis=1)
        r, z = jnp.split(jax.nn.sigmoid(gates + h @ of_gates.T), 2, axis=1)
        n = jnp.tanh(candidate + (r * h) @ of_n.T)
        return ((1 - z) * n + z * h,)

    return recurrent(step, 3, 1, inputs, units, direction, BOTH, **drawn)


def recurrent(
    step: Step,
    gates: int,
    states: int,
    inputs: int,
    units: int,
    direction: str,
    before: tuple[str, ...],
    **drawn: Initializer | None,
) -> Layer:
    """A layer (batch, positions, inputs) to (batch, positions, units), or to 2 * units
    in both directions.

    Args:
        step: from parameters, states and what the input adds to the gates to the next
            states, of which the first is the output.
        gates: how many gates there are.
        states: how many states there are, all of which start at 0.
        inputs: size of each position.
        units: of a state.
        direction: ``"forward"``, ``"reverse"``, which keeps the order, or ``"both"``.
        before: biases that are added for all positions at once, before `step`.
        **drawn: what draws a parameter, by name; None for no such parameter.
    """
    rows = gates * units
    ways = {"_l0": direction == "reverse"}
    ways |= {"_l0_reverse": True} if direction == "both" else {}

    def run(params: Tree, x: Array, end: str, reverse: bool) -> Array:
        own = {name.removesuffix(end): held for name, held in params.items()}
        a = x.swapaxes(0, 1) @ own["weight_ih"].T  # of all positions at once
        for name in before:
            a = a + own[name] if name in own else a

        def body(state: State, at: Array) -> tuple[State, Array]:
            state = step(own, state, at)
            return state, state[0]

        start = (jnp.zeros((len(x), units), a.dtype),) * states
        return lax.scan(body, start, a, reverse=reverse)[1].swapaxes(0, 1)

    def function(params: Tree, x: Array) -> Array:
        outputs = [run(params, x, *way) for way in ways.items()]
        return jnp.concatenate(outputs, axis=-1) if len(outputs) > 1 else outputs[0]

    parameters = {
        f"{name}{end}": (drawn.get(f"{name}{end}", usual), shape)
        for end in ways
        for name, usual, shape in (
            ("weight_ih", glorot_uniform, (rows, inputs)),
            ("weight_hh", glorot_uniform, (rows, units)),
            ("bias_ih", initializers.zeros, (rows,)),
            ("bias_hh", initializers.zeros, (rows,)),
        )
    }
    return parametric(function, **parameters)
