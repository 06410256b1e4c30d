"""Transposed convolutions with all that Keras's own refuse."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class ConvTranspose(layers.Layer):
    """Transposed convolution over (batch, *positions, channels): one of x with zeros
    between its positions, by the mirrored kernel. The kernel is that of the convolution
    which is transposed, (*window, filters / groups, inputs).
    """

    def __init__(
        self,
        filters: int,
        window: tuple[int, ...],
        *,
        strides: tuple[int, ...],
        padding: tuple[int, ...],
        output_padding: tuple[int, ...],
        dilation: tuple[int, ...],
        groups: int = 1,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        sizes = window, padding, output_padding, dilation
        self.window, self.padding, self.output_padding, self.dilation = sizes
        self.filters = filters
        self.strides = strides
        self.groups = groups
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        self.kernel = self.add_weight(
            (*self.window, self.filters // self.groups, shape[-1]),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,), initializer=self.bias_initializer, name="bias"
            )

    def call(self, x: Any) -> Any:
        x = ops.pad(self.spread(x), [(0, 0), *self.margins(), (0, 0)])
        y = ops.conv(x, self.mirrored(), dilation_rate=tuple(self.dilation))
        return y if self.bias is None else y + self.bias

    def spread(self, x: Any) -> Any:
        """Put zeros between the positions."""
        for axis, step in enumerate(self.strides, start=1):
            n = x.shape[axis]
            x = ops.expand_dims(x, axis + 1)
            ends = [(0, 0)] * len(x.shape)
            ends[axis + 1] = (0, step - 1)
            shape = [-1, *x.shape[1:]]
            shape[axis : axis + 2] = [n * step]
            x = ops.reshape(ops.pad(x, ends), shape)
            places = [slice(None)] * len(shape)
            places[axis] = slice(0, n * step - step + 1)
            x = x[tuple(places)]
        return x

    def margins(self) -> list[tuple[int, int]]:
        """The zeros around the positions."""
        sizes = self.window, self.dilation, self.padding, self.output_padding
        ends = [(d * (k - 1) - p, more) for k, d, p, more in zip(*sizes, strict=True)]
        return [(end, end + more) for end, more in ends]

    def mirrored(self) -> Any:
        """The kernel as (*window, inputs / groups, filters), mirrored."""
        *window, outputs, inputs = self.kernel.shape
        parts = (*window, outputs, self.groups, inputs // self.groups)
        kernel = ops.moveaxis(ops.reshape(self.kernel, parts), -1, -3)
        kernel = ops.swapaxes(kernel, -1, -2)
        kernel = ops.reshape(kernel, (*window, inputs // self.groups, self.filters))
        return ops.flip(kernel, axis=tuple(range(len(window))))

    def get_config(self) -> dict[str, Any]:
        sizes = ("window", "strides", "padding", "output_padding", "dilation")
        names = ("filters", *sizes, "groups", "use_bias")
        own = {name: getattr(self, name) for name in names}
        for name in ("kernel_initializer", "bias_initializer"):
            own[name] = initializers.serialize(getattr(self, name))
        return super().get_config() | own
