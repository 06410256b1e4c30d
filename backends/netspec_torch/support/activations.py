"""Activations that PyTorch does not have, or not in float64.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import torch
import torch.nn.functional as F
from torch import Tensor, nn


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
