"""Modules that PyTorch does not have. An exported file carries those that it uses."""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import math
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return y + (x if self.shortcut is None else self.shortcut(x))


class Concat(nn.ModuleList):
    """Branches that read the same input, their outputs concatenated along `dim`."""

    def __init__(self, branches: Iterable[nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self], dim=self.dim)


class Add(nn.ModuleList):
    """Branches that read the same input, their outputs added."""

    def forward(self, x: Tensor) -> Tensor:
        first, *rest = (branch(x) for branch in self)
        return sum(rest, start=first)


class Multiply(nn.ModuleList):
    """Branches that read the same input, their outputs multiplied."""

    def forward(self, x: Tensor) -> Tensor:
        first, *rest = (branch(x) for branch in self)
        return math.prod(rest, start=first)


class Subtract(nn.ModuleList):
    """Two branches that read the same input, the second output taken from the first."""

    def forward(self, x: Tensor) -> Tensor:
        minuend, subtrahend = self
        return minuend(x) - subtrahend(x)


class Maximum(nn.ModuleList):
    """Branches that read the same input, of whose outputs the largest counts; equal
    ones share the gradient evenly.
    """

    def forward(self, x: Tensor) -> Tensor:
        outputs = torch.broadcast_tensors(*(branch(x) for branch in self))
        return torch.stack(outputs).amax(0)


class MatMul(nn.ModuleList):
    """Two branches that read the same input, their outputs multiplied as matrices."""

    def forward(self, x: Tensor) -> Tensor:
        left, right = self
        return left(x) @ right(x)


class Stack(nn.ModuleList):
    """Branches that read the same input, their outputs along the new axis `dim`."""

    def __init__(self, branches: Iterable[nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([branch(x) for branch in self], dim=self.dim)


class Reshape(nn.Module):
    """The values of each example under another shape."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.shape)


class Permute(nn.Module):
    """Axes in another order; `dims` lists all but the batch axis, which stays."""

    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        # its gradient must be contiguous: batch_norm misreads others of one row
        return x.flatten().view(x.shape).permute(0, *self.dims)


class Slice(nn.Module):
    """Values along one axis, from `start` to before `stop`."""

    def __init__(
        self, dim: int, start: int = 0, stop: int | None = None, step: int = 1
    ) -> None:
        super().__init__()
        self.dim = dim
        self.part = slice(start, stop, step)

    def forward(self, x: Tensor) -> Tensor:
        before = [slice(None)] * (self.dim % x.dim())
        return x[(*before, self.part)]


class Select(nn.Module):
    """The values at one index of an axis, which goes."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim = dim
        self.index = index

    def forward(self, x: Tensor) -> Tensor:
        return x.select(self.dim, self.index)


class Roll(nn.Module):
    """Values moved along axes, from one end to the other."""

    def __init__(self, shifts: tuple[int, ...], dims: tuple[int, ...]) -> None:
        super().__init__()
        self.shifts = shifts
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.roll(self.shifts, self.dims)


class Reduce(nn.Module):
    """A function that reduces axes, such as `torch.amax`."""

    def __init__(
        self, function: Callable[..., Tensor], *dims: int, keepdim: bool = False
    ) -> None:
        super().__init__()
        self.function = function
        self.dims = dims
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, dim=self.dims, keepdim=self.keepdim)


class BiasedBatchNorm(nn.Module):
    """BatchNorm whose running variance averages biased variances (n, not n - 1)."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
    ) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            stats = self.running_mean, self.running_var
            return F.batch_norm(x, *stats, self.weight, self.bias, eps=self.eps)
        with torch.no_grad():
            wide = x.to(self.running_var.dtype)  # autocast gives half precision
            var, mean = torch.var_mean(wide, [0, *range(2, x.dim())], correction=0)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(var, self.momentum)
        return F.batch_norm(
            x, None, None, self.weight, self.bias, training=True, eps=self.eps
        )


class ShiftedGroupNorm(nn.GroupNorm):
    """GroupNorm with a bias and no weight: `F.group_norm` fails in its backward pass
    where it is given only a bias.
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5) -> None:
        super().__init__(num_groups, num_channels, eps, affine=False)
        self.bias = nn.Parameter(torch.zeros(num_channels))

    def forward(self, x: Tensor) -> Tensor:
        normalized = F.group_norm(x, self.num_groups, eps=self.eps)
        return normalized + self.bias.view(-1, *[1] * (x.dim() - 2))


def without(module: nn.Module, name: str) -> nn.Module:
    """The module with one of its parameters left out."""
    module.register_parameter(name, None)
    return module


class CELU(nn.Module):
    """CELU exact in float64, where the gradient of `nn.CELU` rounds 1 / alpha to
    float32.
    """

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        negative = x.clamp(max=0)
        return F.relu(x) + self.alpha * torch.expm1(negative / self.alpha)


class Hardsigmoid(nn.Module):
    """Hardsigmoid exact in float64, where the gradient of `nn.Hardsigmoid` is 1 / 6
    rounded to float32.
    """

    def forward(self, x: Tensor) -> Tensor:
        return F.relu6(x + 3) / 6


class Swish(nn.Module):
    """``x * sigmoid(beta * x)``."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.beta * x)


class LimitedLine(nn.Module):
    """``slope * x + offset`` within 0 and 1: the hard sigmoid with any slope."""

    def __init__(self, slope: float, offset: float) -> None:
        super().__init__()
        self.slope = slope
        self.offset = offset

    def forward(self, x: Tensor) -> Tensor:
        return F.hardtanh(self.slope * x + self.offset, 0.0, 1.0)


class Rescale(nn.Module):
    """``x * scale + offset`` with constants: numbers, or one for each channel."""

    def __init__(
        self,
        scale: float | tuple[float, ...] = 1.0,
        offset: float | tuple[float, ...] = 0.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, x: Tensor) -> Tensor:
        return x * per_channel(self.scale, x) + per_channel(self.offset, x)


def per_channel(values: float | tuple[float, ...], x: Tensor) -> float | Tensor:
    """Constants that broadcast along axis 1 of x, in its dtype and where it is."""
    if isinstance(values, float):
        return values
    return x.new_tensor(values).view(-1, *[1] * (x.dim() - 2))


class Scale(nn.Module):
    """``x * weight + bias`` along axes of these sizes."""

    def __init__(
        self, *sizes: int, axes: tuple[int, ...] = (1,), bias: bool = False
    ) -> None:
        super().__init__()
        self.axes = axes
        self.weight = nn.Parameter(torch.ones(sizes))
        self.bias = nn.Parameter(torch.zeros(sizes)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        shape = [n if axis in self.axes else 1 for axis, n in enumerate(x.shape)]
        y = x * self.weight.view(shape)
        return y if self.bias is None else y + self.bias.view(shape)
