"""Cells with a bias for the state beside that for the input, as PyTorch has them."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import initializers, layers, ops

from netspec_keras.support.containers import deserialize, serialize


class Cell(layers.Layer):
    """Base of the cells: kernels (inputs, gates * units) and (units, gates * units),
    and a bias of each.
    """

    gates = 1

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        recurrent_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        recurrent_bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = self.output_size = units
        self.state_size: Any = units
        self.use_bias = use_bias
        self.use_recurrent_bias = recurrent_bias
        self.first = {
            "kernel": initializers.get(kernel_initializer),
            "recurrent": initializers.get(recurrent_initializer),
            "bias": initializers.get(bias_initializer),
            "recurrent_bias": initializers.get(recurrent_bias_initializer),
        }

    def build(self, shape: tuple[int, ...]) -> None:
        columns, first = self.gates * self.units, self.first
        self.kernel = self.add_weight(
            (shape[-1], columns), initializer=first["kernel"], name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, columns),
            initializer=first["recurrent"],
            name="recurrent_kernel",
        )
        self.bias: Any = 0.0
        self.recurrent_bias: Any = 0.0
        if self.use_bias:
            self.bias = self.add_weight(
                (columns,), initializer=first["bias"], name="bias"
            )
        if self.use_recurrent_bias:
            self.recurrent_bias = self.add_weight(
                (columns,), initializer=first["recurrent_bias"], name="recurrent_bias"
            )

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        sizes = self.state_size
        many = sizes if isinstance(sizes, list) else [sizes]
        return [ops.zeros((batch_size, n), dtype=self.compute_dtype) for n in many]

    def get_config(self) -> dict[str, Any]:
        own = {
            f"{name}_initializer": initializers.serialize(held)
            for name, held in self.first.items()
        }
        own["units"] = self.units
        own["use_bias"] = self.use_bias
        own["recurrent_bias"] = self.use_recurrent_bias
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class RNNCell(Cell):
    """``h = tanh(W x + b + U h + c)``, or with another activation."""

    def __init__(self, units: int, activation: str = "tanh", **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.activation = activation

    def call(self, x: Any, states: Any, training: bool = False) -> Any:
        a = ops.matmul(x, self.kernel) + self.bias + self.recurrent_bias
        h = a + ops.matmul(states[0], self.recurrent_kernel)
        h = keras.activations.get(self.activation)(h)
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": self.activation}


@keras.saving.register_keras_serializable(package="netspec")
class LSTMCell(Cell):
    """``c = f c + i g``, ``h = o tanh(c)``; the gates stand in the order i f g o."""

    gates = 4

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.state_size = [units, units]

    def call(self, x: Any, states: Any, training: bool = False) -> Any:
        h, c = states
        a = ops.matmul(x, self.kernel) + self.bias + self.recurrent_bias
        a = a + ops.matmul(h, self.recurrent_kernel)
        i, f, g, o = ops.split(a, 4, axis=1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]


@keras.saving.register_keras_serializable(package="netspec")
class GRUCell(Cell):
    """``h = (1 - z) n + z h`` with ``n = tanh(W x + b + r (U h + c))``, or, unless the
    reset gate comes after, ``tanh(W x + b + U (r h) + c)``; the gates stand in Keras's
    order, z r n.
    """

    gates = 3

    def __init__(self, units: int, reset_after: bool = True, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.reset_after = reset_after

    def call(self, x: Any, states: Any, training: bool = False) -> Any:
        h, split = states[0], 2 * self.units
        a, kernel = ops.matmul(x, self.kernel) + self.bias, self.recurrent_kernel
        shift = ops.zeros((3 * self.units,), a.dtype) + self.recurrent_bias
        gates = a[:, :split] + ops.matmul(h, kernel[:, :split]) + shift[:split]
        z, r = ops.split(ops.sigmoid(gates), 2, axis=1)
        if self.reset_after:
            n = r * (ops.matmul(h, kernel[:, split:]) + shift[split:])
        else:
            n = ops.matmul(r * h, kernel[:, split:]) + shift[split:]
        h = (1 - z) * ops.tanh(a[:, split:] + n) + z * h
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"reset_after": self.reset_after}


@keras.saving.register_keras_serializable(package="netspec")
class Reversed(layers.Layer):
    """A recurrent layer that reads the last position first, and keeps the order."""

    def __init__(self, layer: layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, shape: tuple[int, ...]) -> None:
        if not self.layer.built:
            self.layer.build(shape)

    def call(self, x: Any) -> Any:
        return ops.flip(self.layer(ops.flip(x, axis=1)), axis=1)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Reversed":
        return cls(**deserialize(config, "layer"))
