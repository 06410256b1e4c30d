"""Recurrent layers that `nnx.RNN` and its cells, with one bias, are not.

Weights keep PyTorch's layout, gates one below another: weight_ih (gates * units,
inputs), weight_hh (gates * units, units), and a bias of each. What the input adds to
the gates is computed for all positions at once.

No bias is added to a whole product with the state: XLA for CPUs would fuse the two into
loops that are several times as slow for a batch of one.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array, lax
from jax.nn import initializers

from netspec_jax.support.base import Initializer

State = tuple[Array, ...]

glorot_uniform = initializers.glorot_uniform()


class Recurrent(nnx.Module):
    """A layer (batch, positions, inputs) to (batch, positions, units).

    Attributes:
        gates: how many gates there are.
        states: how many states there are, all of which start at 0.
        adds_both: whether both biases are added to what the input adds.
    """

    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1
    adds_both: ClassVar[bool] = True

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        *,
        reverse: bool = False,
        use_bias: bool = True,
        use_recurrent_bias: bool = True,
        kernel_init: Initializer = glorot_uniform,
        recurrent_kernel_init: Initializer = glorot_uniform,
        bias_init: Initializer = initializers.zeros,
        recurrent_bias_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        def drawn(init: Initializer, *shape: int) -> nnx.Param[Array]:
            return nnx.Param(init(rngs.params(), shape, param_dtype))

        rows = self.gates * hidden_features
        self.hidden_features, self.reverse = hidden_features, reverse
        self.weight_ih = drawn(kernel_init, rows, in_features)
        self.weight_hh = drawn(recurrent_kernel_init, rows, hidden_features)
        self.bias_ih = self.bias_hh = nnx.data(None)
        if use_bias:
            self.bias_ih = drawn(bias_init, rows)
        if use_recurrent_bias:
            self.bias_hh = drawn(recurrent_bias_init, rows)

    def step(self, weight: Array, state: State, a: Array) -> State:
        """The next states, of which the first is the output.

        Args:
            weight: weight_hh, transposed.
            state: each (batch, units).
            a: what the input adds to the gates, (batch, gates * units).
        """
        raise NotImplementedError

    def __call__(self, x: Array) -> Array:
        weight = self.weight_hh[...].T
        a: Array = x.swapaxes(0, 1) @ self.weight_ih[...].T  # of all positions at once
        a = a if self.bias_ih is None else a + self.bias_ih[...]
        if self.adds_both and self.bias_hh is not None:
            a = a + self.bias_hh[...]

        def body(state: State, at: Array) -> tuple[State, Array]:
            state = self.step(weight, state, at)
            return state, state[0]

        start = (jnp.zeros((len(x), self.hidden_features), a.dtype),) * self.states
        return lax.scan(body, start, a, reverse=self.reverse)[1].swapaxes(0, 1)


class RNN(Recurrent):
    """``h = f(W x + b + U h + c)``, tanh unless another function is given."""

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        *,
        activation_fn: Callable[[Array], Array] = jnp.tanh,
        **options: Any,
    ) -> None:
        super().__init__(in_features, hidden_features, **options)
        self.activation_fn = activation_fn

    def step(self, weight: Array, state: State, a: Array) -> State:
        return (self.activation_fn(a + state[0] @ weight),)


class LSTM(Recurrent):
    """``c = f c + i g``, ``h = o tanh(c)``; the gates stand in the order i f g o."""

    gates = 4
    states = 2

    def step(self, weight: Array, state: State, a: Array) -> State:
        h, c = state
        i, f, g, o = jnp.split(a + h @ weight, 4, axis=1)
        c = nnx.sigmoid(f) * c + nnx.sigmoid(i) * jnp.tanh(g)
        return nnx.sigmoid(o) * jnp.tanh(c), c


class GRU(Recurrent):
    """``h = (1 - z) n + z h`` with ``n = tanh(W x + b + r (U h + c))``; the gates stand
    in the order r z n.
    """

    gates = 3
    adds_both = False  # r multiplies the second bias

    def step(self, weight: Array, state: State, a: Array) -> State:
        (h,) = state
        ar, az, an = jnp.split(a, 3, axis=1)
        ur, uz, un = jnp.split(h @ weight, 3, axis=1)
        if self.bias_hh is not None:
            cr, cz, cn = jnp.split(self.bias_hh[...], 3)
            ur, uz, un = ur + cr, uz + cz, un + cn
        r, z = nnx.sigmoid(ar + ur), nnx.sigmoid(az + uz)
        n = jnp.tanh(an + r * un)
        return ((1 - z) * n + z * h,)


class ResetBeforeGRU(Recurrent):
    """`GRU` with ``n = tanh(W x + b + U (r h) + c)``."""

    gates = 3

    def step(self, weight: Array, state: State, a: Array) -> State:
        (h,) = state
        of_gates, of_n = jnp.split(weight, [2 * self.hidden_features], axis=1)
        gates, candidate = jnp.split(a, [2 * self.hidden_features], axis=1)
        r, z = jnp.split(nnx.sigmoid(gates + h @ of_gates), 2, axis=1)
        n = jnp.tanh(candidate + (r * h) @ of_n)
        return ((1 - z) * n + z * h,)


class Bidirectional(nnx.Module):
    """Outputs of two layers side by side, of which the second reads the last position
    first and keeps the order.
    """

    def __init__(
        self, forward_rnn: Callable[..., Any], backward_rnn: Callable[..., Any]
    ) -> None:
        self.forward_rnn = forward_rnn
        self.backward_rnn = backward_rnn

    def __call__(self, x: Array) -> Array:
        both = self.forward_rnn(x), self.backward_rnn(x)
        return jnp.concatenate(both, axis=-1)
