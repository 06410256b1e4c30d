"""First weights that `keras.initializers` does not have."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from typing import Any

import keras
from keras import initializers, ops


def kaiming_normal() -> initializers.Initializer:
    """The normal distribution of He et al., whose tails "he_normal" would cut off."""
    return initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")


def torch_uniform(inputs: int) -> initializers.Initializer:
    """What PyTorch draws weights and biases from that read so many inputs."""
    bound = 1 / math.sqrt(inputs)
    return initializers.RandomUniform(-bound, bound)


@keras.saving.register_keras_serializable(package="netspec")
class CutNormal(initializers.RandomUniform):
    """A normal distribution cut at `low` and `high` standard deviations."""

    def __init__(
        self,
        mean: float,
        stddev: float,
        low: float,
        high: float,
        seed: int | None = None,
    ) -> None:
        super().__init__(0.0, 1.0, seed=seed)
        self.mean, self.stddev = mean, stddev
        self.low, self.high = low, high

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        share = super().__call__(shape, dtype)
        low, high = (ops.erf(cut / 2**0.5) for cut in (self.low, self.high))
        z = 2**0.5 * ops.erfinv(low + share * (high - low))
        return self.mean + self.stddev * ops.clip(z, self.low, self.high)

    def get_config(self) -> dict[str, Any]:
        names = ("mean", "stddev", "low", "high")
        seed = {"seed": super().get_config()["seed"]}
        return {name: getattr(self, name) for name in names} | seed


@keras.saving.register_keras_serializable(package="netspec")
class PerGate(initializers.Initializer):
    """An initializer for each of the gates, which are parts of the last axis."""

    def __init__(self, *gates: Any) -> None:
        self.gates = [initializers.get(gate) for gate in gates]

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        part = *shape[:-1], shape[-1] // len(self.gates)
        return ops.concatenate([gate(part, dtype) for gate in self.gates], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {"gates": [initializers.serialize(gate) for gate in self.gates]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "PerGate":
        return cls(*config["gates"])
