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
        role: kernel, embedding, bias, scale, shift, slope, running_mean, running_var.
        fan_in: how many inputs feed one output; None where fans mean nothing.
        fan_out: how many outputs one input feeds.
        trainable: False for running statistics.
    """

    shape: tuple[int, ...]
    axes: tuple[str, ...]
    role: str
    fan_in: int | None = None
    fan_out: int | None = None
    trainable: bool = True

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def is_kernel(self) -> bool:
        """Whether it is (out, in, *window), which a framework may hold in another
        order of axes. A weight that a layer of your own declares with the axes ("in",
        "out") is so everywhere.
        """
        return self.role == "kernel" and self.axes[:2] == ("out", "in")


def kernel(shape: tuple[int, ...], axes: tuple[str, ...]) -> Parameter:
    """A weight of layout (out, in, *window).

    Fans are those of every framework: in and out sizes times the window; the groups
    of a grouped convolution are not taken into account.
    """
    window = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * window, shape[0] * window
    return Parameter(shape, axes, "kernel", fan_in, fan_out)


def bias_of(weight: Parameter) -> Parameter:
    """The bias that goes with a kernel, with the kernel's fans."""
    out = weight.shape[0]
    return Parameter((out,), ("out",), "bias", weight.fan_in, weight.fan_out)


def affine(
    shape: tuple[int, ...], axes: tuple[str, ...], scale: bool, center: bool
) -> dict[str, Parameter]:
    """Scale and shift of a normalization, as far as they are enabled."""
    enabled = {
        "weight": Parameter(shape, axes, "scale") if scale else None,
        "bias": Parameter(shape, axes, "shift") if center else None,
    }
    return {name: parameter for name, parameter in enabled.items() if parameter}
