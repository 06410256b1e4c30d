"""A parameter as the spec declares it, before any number is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """One array of a model, in canonical (PyTorch) layout.

    Attributes:
        shape: sizes of its axes.
        axes: what each axis is, such as ``("out", "in", "height", "width")``.
        role: kernel, embedding, position, bias, scale, shift, slope, input_kernel,
            recurrent_kernel, gate_bias, running_mean, running_var.
        fan_in: how many inputs feed one output; None where fans mean nothing.
        fan_out: how many outputs one input feeds.
        trainable: False for running statistics.
        nonnegative: True where no value may be below 0, such as those of a variance:
            arrays and initializers that break it are refused.
        starts_at: the constant at which it starts, unless an initializer is given for
            it by path or by name; None where its role decides.
        gates: of a recurrent layer, how many parts of one size stand along axis 0.
        forget: index of the part that lets a state pass, whose bias some frameworks
            start at 1; None where there is none.
    """

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    role: str
    fan_in: int | None = None
    fan_out: int | None = None
    trainable: bool = True
    nonnegative: bool = False
    starts_at: float | None = None
    gates: int = 1
    forget: int | None = None

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def is_kernel(self) -> bool:
        """True if the axes are (out, in, *window), which a framework may store in
        another order. A weight that a custom layer declares with axes ("in", "out")
        keeps that order in every framework.
        """
        return self.role == "kernel" and self.axes[:2] == ("out", "in")


def kernel(shape: tuple[int, ...], axes: tuple[str, ...]) -> Parameter:
    """Declare a weight of layout (out, in, *window).

    Fans are counted as every framework counts them: the in and out sizes times the
    number of positions in the window. The groups of a convolution are ignored.
    """
    window = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * window, shape[0] * window
    return Parameter(shape, axes, "kernel", fan_in, fan_out)


def bias_of(weight: Parameter) -> Parameter:
    """Declare the bias that belongs to a kernel: one value per output, and the fans of
    the kernel.
    """
    out = weight.shape[0]
    return Parameter((out,), ("out",), "bias", weight.fan_in, weight.fan_out)


def affine(
    shape: tuple[int, ...], axes: tuple[str, ...], scale: bool, center: bool
) -> dict[str, Parameter]:
    """Declare the scale and the shift of a normalization, each only if it is enabled,
    under the names ``weight`` and ``bias``.
    """
    enabled = {
        "weight": Parameter(shape, axes, "scale") if scale else None,
        "bias": Parameter(shape, axes, "shift") if center else None,
    }
    return {name: parameter for name, parameter in enabled.items() if parameter}
