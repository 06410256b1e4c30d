"""Modules that arrange values anew, which PyTorch does not have.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

from collections.abc import Callable

from torch import Tensor, nn


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
