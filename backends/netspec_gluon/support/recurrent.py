"""Recurrent layers as Gluon's fused ones, (batch, positions, inputs) to (batch,
positions, units), with what these lack: one bias or none, the last position read first,
another order of product and reset gate.

An exported file carries those that it uses.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import rnn


class Outputs(rnn.rnn_layer._RNNLayer):
    """What is the same in all of them.

    Args:
        units: of the state.
        inputs: size of each position.
        backward: whether the last position is read first; outputs keep their places.
        use_bias: whether the input's part of each gate has a bias.
        recurrent_bias: whether the state's part has one of its own.
        options: of Gluon's layer.
    """

    def __init__(
        self,
        units: int,
        inputs: int,
        backward: bool = False,
        use_bias: bool = True,
        recurrent_bias: bool = True,
        **options: Any,
    ) -> None:
        self.biases = {"i2h_bias": use_bias, "h2h_bias": recurrent_bias}
        super().__init__(units, layout="NTC", input_size=inputs, **options)
        self.backward = backward

    def _register_param(self, name: str, *how: Any, **options: Any) -> Any:
        # The fused operator takes both biases; what is not learned is no parameter
        if self.biases.get(name[3:], True):
            return super()._register_param(name, *how, **options)
        return None

    def hybrid_forward(self, F: Any, x: Any, states: Any, **params: Any) -> Any:
        x = F.flip(x, axis=1) if self.backward else x
        y, _ = self._forward_kernel(F, x, states, None, **self.whole(F, params))
        return F.flip(y, axis=1) if self.backward else y

    def whole(self, F: Any, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters, with zeros for biases that are not learned."""
        column = F.slice_axis(params["l0_i2h_weight"], axis=1, begin=0, end=1)
        zeros = F.reshape(F.zeros_like(column), shape=(-1,))
        ways = ("l0", "r0")[: self._dir]
        return {f"{way}_{name}": zeros for way in ways for name in self.biases} | params


class RNN(Outputs, rnn.RNN):
    """`rnn.RNN` with the options of `Outputs`."""


class LSTM(Outputs, rnn.LSTM):
    """`rnn.LSTM` with the options of `Outputs`."""


class GRU(Outputs, rnn.GRU):
    """`rnn.GRU` with the options of `Outputs`."""


class Unrolled(Outputs):
    """Position by position, for what the fused operator does not compute, or not in
    float64: `step` makes a state from the one before it. `F.contrib.foreach` would take
    any number of positions, but fails once it is hybridized with `static_alloc`.
    """

    def __init__(self, units: int, inputs: int, positions: int, **options: Any) -> None:
        super().__init__(units, inputs, **options)
        self.positions = positions

    def _forward_kernel(
        self, F: Any, x: Any, states: Any, lengths: Any, **params: Any
    ) -> Any:
        outputs = []
        for way in ("l0", "r0")[: self._dir]:
            i2h, h2h = (
                [params[f"{way}_{to}_{part}"] for part in ("weight", "bias")]
                for to in ("i2h", "h2h")
            )
            outputs.append(self.run(F, x, i2h, h2h, way == "r0"))
        return outputs[0] if len(outputs) == 1 else F.concat(*outputs, dim=2), None

    def run(self, F: Any, x: Any, i2h: Any, h2h: Any, last_first: bool) -> Any:
        """The states at all positions."""
        size = {"num_hidden": self._gates * self._hidden_size}
        a, h = F.FullyConnected(x, *i2h, flatten=False, **size), None
        states = [None] * self.positions
        order = range(self.positions)
        for t in reversed(order) if last_first else order:
            at = F.slice_axis(a, axis=1, begin=t, end=t + 1)
            at = F.reshape(at, shape=(-3, 0))
            if h is None:
                units = F.slice_axis(at, axis=1, begin=0, end=self._hidden_size)
                h = F.zeros_like(units)
            states[t] = h = self.step(F, at, h, *h2h)
        return F.stack(*states, axis=1)

    def step(self, F: Any, a: Any, h: Any, weight: Any, bias: Any) -> Any:
        raise NotImplementedError


class ReluRNN(Unrolled, rnn.RNN):
    """`rnn.RNN` with ReLU, which the fused operator computes in float32."""

    def step(self, F: Any, a: Any, h: Any, weight: Any, bias: Any) -> Any:
        size = {"num_hidden": self._hidden_size}
        return F.relu(a + F.FullyConnected(h, weight, bias, **size))


class ResetBeforeGRU(Unrolled, rnn.GRU):
    """A GRU whose reset gate multiplies the state before the product (Cho et al.,
    2014), which `rnn.GRU` does not have.
    """

    def step(self, F: Any, a: Any, h: Any, weight: Any, bias: Any) -> Any:
        units = self._hidden_size
        gates, of_n = (
            {"begin": 0, "end": 2 * units},
            {"begin": 2 * units, "end": None},
        )

        def product(x: Any, rows: dict[str, Any], size: int) -> Any:
            own = (F.slice_axis(held, axis=0, **rows) for held in (weight, bias))
            u = F.FullyConnected(x, *own, num_hidden=size)
            return F.slice_axis(a, axis=1, **rows) + u

        r, z = F.split(F.sigmoid(product(h, gates, 2 * units)), 2, axis=1)
        n = F.tanh(product(r * h, of_n, units))
        return (1 - z) * n + z * h
