"""Dropout that PyTorch does not have.

An exported file carries what it uses.
"""

from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """Training drops each example with probability `p` and scales up the others."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = x.new_empty(len(x), *[1] * (x.dim() - 1)).bernoulli_(1 - self.p)
        return x * kept.div_(1 - self.p)
