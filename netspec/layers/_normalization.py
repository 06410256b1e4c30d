"""Normalizations: ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

They differ in the axes over which mean and biased variance are taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY

import numpy as np

from netspec.declare import Field, Parameter, affine, fields_of
from netspec.declare.rules import BOOL, COUNT, DECAY, POSITIVE, choice
from netspec.errors import SpecError, shorten
from netspec.layers._base import Parametric, layer
from netspec.layers._facts import Array, Shape

__all__ = ["BatchNorm", "GroupNorm", "InstanceNorm", "LayerNorm", "RMSNorm"]


@layer
class BatchNorm(Parametric):
    """Ioffe and Szegedy (2015): statistics of the batch, for each channel (axis 1).

    Training normalizes with the mean and biased variance of the batch and moves the
    running statistics, ``new = decay * old + (1 - decay) * batch``; evaluation
    normalizes with the running statistics. `statistics` says otherwise.

    Attributes:
        decay: weight of the **old** value: Gluon's momentum 0.9, PyTorch's 0.1.
        eps: added to the variance, inside the root.
        scale: whether there is a `weight`.
        center: whether there is a `bias`.
        running_variance: which variance of the batch the running one averages.
            ``"native"``: each framework's own (PyTorch: unbiased, n - 1; Gluon and
            JAX: biased, n); ``"biased"`` or ``"unbiased"``: that one everywhere.
        statistics: which normalize. ``"running"``: as above; ``"frozen"``: the running
            ones in training, too, which keeps them as they are, while weight and bias
            still train; ``"batch"``: those of the batch, in evaluation, too, so that
            there are no running ones (biased; needs more than one value for each
            channel of an example).

    Shapes: (c, *) to itself; weight, bias, running_mean, running_var (c,).
    """

    spatial = True
    bias_axis = 1

    decay: Field[float, float] = Field(DECAY, default=0.9)
    _: KW_ONLY
    eps: Field[float, float] = Field(POSITIVE, default=1e-5)
    scale: Field[bool, bool] = Field(BOOL, default=True)
    center: Field[bool, bool] = Field(BOOL, default=True)
    running_variance: Field[str, str] = Field(
        choice("native", "biased", "unbiased"), default="native"
    )
    statistics: Field[str, str] = Field(
        choice("running", "frozen", "batch"), default="running"
    )

    def __post_init__(self) -> None:
        idle = ("decay", "running_variance") if self.statistics == "batch" else ()
        for name in idle:
            value, default = getattr(self, name), fields_of(BatchNorm)[name].default
            if value != default:
                raise SpecError(
                    f"BatchNorm: statistics='batch' keeps no running ones, so {name}"
                    f" must be at its default, {shorten(default)}, received"
                    f" {shorten(value)}; leave it out",
                    (name,),
                )

    @property
    def normalizes(self) -> bool:  # type: ignore[override]
        """Not by constants, which the running statistics are where they are frozen."""
        return self.statistics != "frozen"

    def output_shape(self, shape: Shape) -> Shape:
        _need_channels(shape, 1, "channels, ...")
        if self.statistics == "batch" and math.prod(shape[1:]) == 1:
            raise SpecError(
                "statistics='batch' needs more than one value for each channel of an"
                f" example, received {shape}: a batch of one would have the variance 0;"
                " use statistics='running', or LayerNorm"
            )
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        size, axes = shape[:1], ("channels",)
        learned = affine(size, axes, self.scale, self.center)
        if self.statistics == "batch":
            return learned
        return learned | {
            "running_mean": Parameter(size, axes, "running_mean", trainable=False),
            "running_var": Parameter(
                size, axes, "running_var", trainable=False, nonnegative=True
            ),
        }

    def as_affine(self, params: Mapping[str, Array]) -> tuple[Array, Array] | None:
        if self.statistics == "batch":
            return None
        scale = params.get("weight", 1.0) / np.sqrt(params["running_var"] + self.eps)
        return scale, params.get("bias", 0.0) - scale * params["running_mean"]

    def least_batch(self, shape: Shape) -> int:
        """Return 2 if an example has one value per channel, whose variance is 0; else
        1.
        """
        frozen = self.statistics == "frozen"
        return 1 if frozen or math.prod(shape[1:]) > 1 else 2

    def draw_state(
        self,
        held: Mapping[str, Array],
        after: Mapping[str, Array],
        random: np.random.Generator,
    ) -> Mapping[str, Array]:
        mean, variance = (
            (after[name] - self.decay * held[name]) / (1 - self.decay)
            for name in ("running_mean", "running_var")
        )
        variance = np.abs(variance)
        shifts = random.normal(0, 0.3, mean.shape) * np.sqrt(variance)
        scales = random.uniform(0.5, 2, mean.shape)
        near_eps = 2.0**-16
        return {
            "running_mean": mean + shifts,
            "running_var": variance * scales + near_eps,
        }


@layer
class LayerNorm(Parametric):
    """Ba, Kiros and Hinton (2016): statistics over the trailing axes of an example.

    Attributes:
        eps: added to the variance, inside the root.
        scale: whether there is a `weight`.
        center: whether there is a `bias`.
        axes: how many trailing axes are normalized together.

    Shapes: (*, *trailing) to itself; weight and bias of shape trailing.
    """

    normalizes = True
    bias_axis = -1

    eps: Field[float, float] = Field(POSITIVE, default=1e-5)
    _: KW_ONLY
    scale: Field[bool, bool] = Field(BOOL, default=True)
    center: Field[bool, bool] = Field(BOOL, default=True)
    axes: Field[int, int] = Field(COUNT, default=1)

    def output_shape(self, shape: Shape) -> Shape:
        return _need_trailing(shape, self.axes)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return affine(*_trailing(shape, self.axes), self.scale, self.center)


@layer
class RMSNorm(Parametric):
    """Zhang and Sennrich (2019): ``x / sqrt(mean(x^2) + eps) * weight``, the mean over
    the trailing axes of an example; none is subtracted.

    Attributes:
        eps: added to the mean square, inside the root.
        scale: whether there is a `weight`.
        axes: how many trailing axes are normalized together.

    Shapes: (*, *trailing) to itself; weight of shape trailing.
    """

    normalizes = True

    eps: Field[float, float] = Field(POSITIVE, default=1e-6)
    _: KW_ONLY
    scale: Field[bool, bool] = Field(BOOL, default=True)
    axes: Field[int, int] = Field(COUNT, default=1)

    def output_shape(self, shape: Shape) -> Shape:
        return _need_trailing(shape, self.axes)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return affine(*_trailing(shape, self.axes), self.scale, center=False)


@layer
class GroupNorm(Parametric):
    """Wu and He (2018): statistics over groups of channels and all positions.

    Scale and shift are for each channel, as in PyTorch and Flax (Gluon 1.9.1 has
    them for each group).

    Attributes:
        groups: number of groups; divides the channels.
        eps: added to the variance, inside the root.
        scale: whether there is a `weight`.
        center: whether there is a `bias`.

    Shapes: (c, *) to itself; weight and bias (c,).
    """

    spatial = True
    normalizes = True
    bias_axis = 1

    groups: Field[int, int] = Field(COUNT)
    _: KW_ONLY
    eps: Field[float, float] = Field(POSITIVE, default=1e-5)
    scale: Field[bool, bool] = Field(BOOL, default=True)
    center: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        _need_channels(shape, 1, "channels, ...")
        if shape[0] % self.groups:
            raise SpecError(
                f"groups must divide the channels, received groups {self.groups}"
                f" and {shape[0]} channels"
            )
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return affine(shape[:1], ("channels",), self.scale, self.center)


@layer
class InstanceNorm(Parametric):
    """Ulyanov, Vedaldi and Lempitsky (2016): statistics over positions, by channel.

    Attributes:
        eps: added to the variance, inside the root.
        scale: whether there is a `weight`.
        center: whether there is a `bias`.

    Shapes: (c, *positions) to itself, at least one spatial axis; weight, bias (c,).
    """

    spatial = True
    normalizes = True
    bias_axis = 1

    eps: Field[float, float] = Field(POSITIVE, default=1e-5)
    _: KW_ONLY
    scale: Field[bool, bool] = Field(BOOL, default=True)
    center: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _need_channels(shape, 2, "channels, positions, ...")

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return affine(shape[:1], ("channels",), self.scale, self.center)


def _need_channels(shape: Shape, rank: int, axes: str) -> Shape:
    if not rank <= len(shape) <= 4:
        raise SpecError(
            f"needs inputs of shape ({axes}) with {rank} to 4 axes, received {shape};"
            " add a Reshape before it"
        )
    return shape


def _need_trailing(shape: Shape, axes: int) -> Shape:
    """Refuse inputs with fewer axes than are normalized."""
    if axes > len(shape):
        raise SpecError(
            f"axes must be at most the rank of the input, received axes"
            f" {axes} and an input of shape {shape}"
        )
    return shape


def _trailing(shape: Shape, axes: int) -> tuple[Shape, tuple[str, ...]]:
    """Return the sizes of the trailing axes, and their names."""
    return shape[-axes:], tuple(f"axis{i - axes}" for i in range(axes))
