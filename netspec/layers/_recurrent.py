"""Recurrent layers: a state that is read and rewritten position by position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, replace
from typing import ClassVar

from netspec.declare import Field, Parameter, declare
from netspec.declare.rules import BOOL, COUNT, Rule, choice
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer, need_rank
from netspec.layers._facts import Shape

__all__ = ["GRU", "LSTM", "RNN"]

DIRECTION: Rule[str, str] = choice("forward", "reverse", "both")
FUNCTION: Rule[str, str] = choice("tanh", "relu")
MOST_UNITS = 512  # whose recurrent kernel is large enough for a test of its law


@declare
class Recurrent(Parametric):
    """Base of the recurrent layers, which start at a state of zeros.

    Attributes:
        units: size of the state, which is the output at each position.
        direction: ``"forward"``; ``"reverse"``, which reads the last position first and
            keeps the order of its input; ``"both"``, where outputs of both stand side
            by side, each with weights of its own.
        bias: whether the input's part of each gate has a bias.
        recurrent_bias: whether the state's part has one of its own, which needs `bias`:
            PyTorch and Gluon have both, Keras and Flax most often the first alone.

    Shapes: (positions, in) to (positions, units), or (positions, 2 units) in both
    directions. Gates stand one below another: weight_ih_l0 (gates units, in),
    weight_hh_l0 (gates units, units), bias_ih_l0 and bias_hh_l0 (gates units,), named
    as in PyTorch; those of the second direction end with ``_reverse``.
    """

    gates: ClassVar[int] = 1
    forget: ClassVar[int | None] = None

    units: Field[int, int] = Field(COUNT)
    _: KW_ONLY
    direction: Field[str, str] = Field(DIRECTION, default="forward")
    bias: Field[bool, bool] = Field(BOOL, default=True)
    recurrent_bias: Field[bool, bool] = Field(BOOL, default=True)

    @property
    def ways(self) -> Iterator[tuple[str, bool]]:
        """The ends of parameters' names, and whether they read the last position
        first.
        """
        yield "", self.direction == "reverse"
        if self.direction == "both":
            yield "_reverse", True

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, 2, "positions, channels")
        if self.recurrent_bias and not self.bias:
            raise SpecError(
                "recurrent_bias needs bias, received True and False; give"
                " recurrent_bias=False, or bias=True"
            )
        return shape[0], self.units * len(list(self.ways))

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return {
            f"{name}_l0{end}": parameter
            for end, _ in self.ways
            for name, parameter in self._of_one_way(shape[-1]).items()
        }

    def _of_one_way(self, inputs: int) -> dict[str, Parameter]:
        found = {
            "weight_ih": self._matrix("input_kernel", inputs),
            "weight_hh": self._matrix("recurrent_kernel", self.units),
        }
        if self.bias:
            found["bias_ih"] = self._bias(inputs, self.forget)
        if self.recurrent_bias:
            found["bias_hh"] = self._bias(self.units, None)
        return found

    def _matrix(self, role: str, inputs: int) -> Parameter:
        rows = self.gates * self.units
        fans = inputs, rows
        return Parameter((rows, inputs), ("gates", "in"), role, *fans, gates=self.gates)

    def _bias(self, inputs: int, forget: int | None) -> Parameter:
        rows = self.gates * self.units
        bias = Parameter((rows,), ("gates",), "gate_bias", inputs, rows)
        return replace(bias, gates=self.gates, forget=forget)

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        units = max(1, min(rows // self.gates, MOST_UNITS))
        return (2, columns), replace(self, units=units, name=None, init={})


@layer
class RNN(Recurrent):
    """``h_t = f(W x_t + b + U h_(t-1) + c)`` (Elman, 1990), with PyTorch's parameters.

    Attributes:
        activation: f, ``"tanh"`` or ``"relu"``, whose derivative at 0 is 0.
    """

    _: KW_ONLY
    activation: Field[str, str] = Field(FUNCTION, default="tanh")


@layer
class LSTM(Recurrent):
    """``c_t = f c_(t-1) + i g`` and ``h_t = o tanh(c_t)`` (Hochreiter and Schmidhuber,
    1997; Gers et al., 2000), with gates ``sigmoid(W x_t + b + U h_(t-1) + c)``, of
    which g has a tanh. They stand in PyTorch's order, i f g o.
    """

    gates = 4
    forget = 1


@layer
class GRU(Recurrent):
    """``h_t = (1 - z) n + z h_(t-1)`` (Cho et al., 2014), with gates
    ``sigmoid(W x_t + b + U h_(t-1) + c)`` and ``n = tanh(W x_t + b + r (U h_(t-1) +
    c))``. They stand in PyTorch's order, r z n.

    Attributes:
        reset_after: whether r multiplies what U makes of the state, as in PyTorch and
            cuDNN; if not, n is ``tanh(W x_t + b + U (r h_(t-1)) + c)``, as there.
    """

    gates = 3

    _: KW_ONLY
    reset_after: Field[bool, bool] = Field(BOOL, default=True)
