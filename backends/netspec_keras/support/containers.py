"""Layers made of layers, and merges that Keras does not have."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class Residual(layers.Layer):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(
        self, body: layers.Layer, shortcut: layers.Layer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.body = body
        self.shortcut = shortcut

    def build(self, shape: tuple[int, ...]) -> None:
        for part in (self.body, self.shortcut):
            if part is not None and not part.built:
                part.build(shape)

    def call(self, x: Any) -> Any:
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))

    def get_config(self) -> dict[str, Any]:
        parts = {"body": self.body, "shortcut": self.shortcut}
        own = {name: serialize(part) for name, part in parts.items()}
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Residual":
        return cls(**deserialize(config, "body", "shortcut"))


@keras.saving.register_keras_serializable(package="netspec")
class Parallel(layers.Layer):
    """Branches that read the same input, their outputs merged by a layer."""

    def __init__(
        self, branches: list[layers.Layer], merge: layers.Layer, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.branches = branches
        self.merge = merge

    def build(self, shape: tuple[int, ...]) -> None:
        for branch in self.branches:
            if not branch.built:
                branch.build(shape)

    def call(self, x: Any) -> Any:
        return self.merge([branch(x) for branch in self.branches])

    def get_config(self) -> dict[str, Any]:
        branches = [serialize(branch) for branch in self.branches]
        own = {"branches": branches, "merge": serialize(self.merge)}
        return super().get_config() | own

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Parallel":
        return cls(**deserialize(config, "branches", "merge"))


def serialize(part: Any) -> Any:
    """The configuration of a layer."""
    return keras.saving.serialize_keras_object(part)


def deserialize(config: dict[str, Any], *names: str) -> dict[str, Any]:
    """A configuration whose parts of these names are layers again."""
    own = {name: config[name] for name in names}
    return config | {
        name: [keras.saving.deserialize_keras_object(part) for part in held]
        if isinstance(held, list)
        else keras.saving.deserialize_keras_object(held)
        for name, held in own.items()
    }


@keras.saving.register_keras_serializable(package="netspec")
class Stack(layers.Layer):
    """Values along a new axis."""

    def __init__(self, axis: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, values: Any) -> Any:
        return ops.stack(values, axis=self.axis)


@keras.saving.register_keras_serializable(package="netspec")
class MatMul(layers.Layer):
    """The product of two values as matrices."""

    def call(self, values: Any) -> Any:
        return ops.matmul(*values)


@keras.saving.register_keras_serializable(package="netspec")
class Largest(layers.Layer):
    """The largest of the values; equal ones share the gradient evenly."""

    def call(self, values: Any) -> Any:
        shape = ops.shape(sum(values))
        alike = [ops.broadcast_to(value, shape) for value in values]
        return ops.max(ops.stack(alike), axis=0)
