"""What the layers are: fields, shapes and parameters, in no framework."""

from netspec import Field, Layer, Parameter, Parametric, Shape, layer
from netspec.declare import rules


@layer
class CenteredLayer(Layer):
    """``x - x.mean()``, the mean over the whole batch.

    Shapes: (*) to (*).
    """

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class MyDense(Parametric):
    """``relu(x @ weight + bias)`` on the last axis.

    Attributes:
        units: size of the last axis of the output.

    Shapes: (*, in) to (*, units); weight (in, units), bias (units,).
    """

    units: Field[int, int] = Field(rules.COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        fans = shape[-1], self.units
        return {
            "weight": Parameter(fans, ("in", "out"), "kernel", *fans),
            "bias": Parameter((self.units,), ("out",), "bias", *fans),
        }
