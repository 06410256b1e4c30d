"""Normalization by the channels that lie near."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class LocalResponseNorm(nn.HybridBlock):
    """``x / (k + alpha * (mean of the squares of size channels around))^beta``.

    `F.LRN` has neither float64, nor other than two axes of positions, and is wrong for
    an even size.
    """

    def __init__(
        self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
    ) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        # Channels and positions as an image of one channel: (batch, 1, c, positions)
        squares = F.expand_dims(F.reshape(F.square(x), (0, 0, -1)), axis=1)
        ends = (0, 0, 0, 0, self.size // 2, (self.size - 1) // 2, 0, 0)
        padded = F.Pad(squares, mode="constant", pad_width=ends)
        mean = F.Pooling(padded, kernel=(self.size, 1), pool_type="avg")
        return x * F.reshape_like((mean * self.alpha + self.k) ** -self.beta, x)
