"""Parts of values, and reductions."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class Slice(layers.Layer):
    """Positions from start to stop along an axis, every step-th of them."""

    def __init__(
        self,
        axis: int,
        start: int | None = None,
        stop: int | None = None,
        step: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.part = start, stop, step

    def call(self, x: Any) -> Any:
        places = [slice(None)] * len(x.shape)
        places[self.axis] = slice(*self.part)
        return x[tuple(places)]


@keras.saving.register_keras_serializable(package="netspec")
class Select(layers.Layer):
    """One position along an axis, which is dropped."""

    def __init__(self, axis: int, index: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.index = index

    def call(self, x: Any) -> Any:
        index = self.index % x.shape[self.axis]
        return ops.take(x, index, axis=self.axis)


@keras.saving.register_keras_serializable(package="netspec")
class Reduce(layers.Layer):
    """The mean, sum, max, min or l2 norm along axes."""

    def __init__(
        self, op: str, axes: tuple[int, ...], keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.op = op
        self.axes = axes
        self.keepdims = keepdims

    def call(self, x: Any) -> Any:
        how = {"axis": tuple(self.axes), "keepdims": self.keepdims}
        if self.op == "l2":
            return ops.sqrt(ops.sum(ops.square(x), **how))
        return getattr(ops, self.op)(x, **how)
