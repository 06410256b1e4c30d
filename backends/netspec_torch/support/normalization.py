"""Normalizations that PyTorch does not have.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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


class FrozenBatchNorm(nn.Module):
    """BatchNorm by the running statistics in training, too, which keeps them."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self, num_features: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_features)) if affine else None
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: Tensor) -> Tensor:
        stats = self.running_mean, self.running_var
        return F.batch_norm(x, *stats, self.weight, self.bias, eps=self.eps)


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
