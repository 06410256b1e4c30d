"""Dropout."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class Dropout(nn.Dropout):
    """Dropout exact in float64, where `nn.Dropout` divides by a float32."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        kept = super().hybrid_forward(F, F.ones_like(x))  # over 1 where it scales
        return x * F.where(kept > 1, F.ones_like(x) / (1 - self._rate), kept)
