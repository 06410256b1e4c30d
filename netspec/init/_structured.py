"""Initializers that draw an array as a whole, or in the parts that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netspec.declare import Field, Parameter
from netspec.declare.rules import POSITIVE, sequence
from netspec.errors import SpecError
from netspec.init import distributions
from netspec.init._base import INITIALIZER, Initializer, initializer


@initializer
class Orthogonal(Initializer):
    """``gain`` times a matrix with orthonormal rows, or columns if it is tall; axes
    after the first count as one (Saxe, McClelland and Ganguli, 2014).

    Attributes:
        gain: factor of the matrix; 1 keeps lengths.
    """

    gain: Field[float, float] = Field(POSITIVE, default=1)

    def law(self, parameter: Parameter) -> distributions.Law:
        if len(parameter.shape) < 2:
            raise SpecError(
                f"Orthogonal needs at least two axes, received a {parameter.role} of"
                f" shape {parameter.shape}; use Normal or Constant"
            )
        rows = parameter.shape[0]
        return distributions.Orthogonal(self.gain, rows, parameter.size // rows)


@initializer
class PerGate(Initializer):
    """An initializer for each gate of a recurrent layer, in their order: parts of one
    size along axis 0, drawn as if they stood alone.

    ``PerGate([Zeros(), Ones(), Zeros(), Zeros()])`` starts the forget gate of an LSTM
    at 1 (Gers et al., 2000; Keras), ``PerGate([Orthogonal()] * 4)`` each gate as a
    matrix of its own.

    Attributes:
        gates: initializers, one for each gate.
    """

    gates: Field[Sequence[Initializer], tuple[Initializer, ...]] = Field(
        sequence(INITIALIZER, "a list of initializers")
    )

    def law(self, parameter: Parameter) -> distributions.Law:
        count = len(self.gates)
        if not parameter.shape or parameter.shape[0] % count:
            raise SpecError(
                f"PerGate has {count} parts of one size along axis 0, received a"
                f" {parameter.role} of shape {parameter.shape}; give one initializer"
                f" for each of its {parameter.gates} gates"
            )
        shape = (parameter.shape[0] // count, *parameter.shape[1:])
        fan = parameter.fan_out and parameter.fan_out // count
        gate = replace(parameter, shape=shape, fan_out=fan, gates=1, forget=None)
        return distributions.Stacked(tuple(own.law(gate) for own in self.gates))
