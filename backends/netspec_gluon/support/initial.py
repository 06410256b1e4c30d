"""Initializers."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from typing import Any

import mxnet as mx


class Shifted(mx.init.Initializer):
    """Another initializer's draws, and a number added to them."""

    def __init__(self, drawn: mx.init.Initializer, shift: float) -> None:
        super().__init__(drawn=drawn.dumps(), shift=shift)
        self.drawn = drawn
        self.shift = shift

    def _init_weight(self, name: str, arr: Any) -> None:
        self.drawn._init_weight(name, arr)
        arr += self.shift


class TruncatedNormal(mx.init.Initializer):
    """N(mean, sigma^2), redrawn outside low .. high."""

    def __init__(self, mean: float, sigma: float, low: float, high: float) -> None:
        super().__init__(mean=mean, sigma=sigma, low=low, high=high)
        self.mean, self.sigma, self.low, self.high = mean, sigma, low, high

    def _init_weight(self, name: str, arr: Any) -> None:
        width = self.sigma * math.sqrt(2)
        low, high = (math.erf((x - self.mean) / width) for x in (self.low, self.high))
        share = mx.nd.random.uniform(0, 1, arr.shape, "float64", arr.context)
        drawn = self.mean + width * mx.nd.erfinv(low + (high - low) * share)
        arr[:] = drawn.clip(self.low, self.high).astype(arr.dtype)


class Orthogonal(mx.init.Initializer):
    """A matrix with orthonormal rows, or columns if it is tall, times `gain`; axes
    after the first count as one. `mx.init.Orthogonal` fails with NumPy 2.
    """

    def __init__(self, gain: float = 1) -> None:
        super().__init__(gain=gain)
        self.gain = gain

    def _init_weight(self, name: str, arr: Any) -> None:
        rows, columns = arr.shape[0], math.prod(arr.shape[1:])
        wide = (min(rows, columns), max(rows, columns))
        q, lower = mx.nd.linalg.gelqf(
            mx.nd.random.normal(0, 1, wide, "float64", arr.context)
        )
        # Uniform among such matrices only with a positive diagonal (Mezzadri, 2007)
        signs = mx.nd.sign(mx.nd.linalg.extractdiag(lower)).expand_dims(1)
        q = self.gain * signs * q
        q = q.T if rows > columns else q
        arr[:] = q.reshape(arr.shape).astype(arr.dtype)


class PerGate(mx.init.Initializer):
    """An initializer for each of the parts of one size along axis 0."""

    def __init__(self, *gates: mx.init.Initializer) -> None:
        super().__init__(gates=[gate.dumps() for gate in gates])
        self.gates = gates

    def _init_weight(self, name: str, arr: Any) -> None:
        rows = arr.shape[0] // len(self.gates)
        for index, gate in enumerate(self.gates):
            part = mx.nd.empty((rows, *arr.shape[1:]), arr.context, arr.dtype)
            gate._init_weight(name, part)
            arr[index * rows : (index + 1) * rows] = part
