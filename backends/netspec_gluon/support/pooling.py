"""Average pooling whose windows may reach beyond the input."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


def mean_of_parts(F: Any, x: Any, pool: dict[str, Any]) -> Any:
    """The mean of each window, as a sum over its divisor. oneDNN's float32 gradient of
    a mean divides by the whole window where only a part of it is inside.
    """
    ones, summing = F.ones_like(x), {**pool, "pool_type": "sum"}
    share = F.Pooling(ones, **pool) / F.Pooling(ones, **summing)  # 1 over the divisor
    return F.Pooling(x, **summing) * share


class AvgPool1D(nn.AvgPool1D):
    """AvgPool1D with a right gradient where ceil_mode cuts windows off."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return mean_of_parts(F, x, self._kwargs)


class AvgPool2D(nn.AvgPool2D):
    """AvgPool2D with a right gradient where ceil_mode cuts windows off."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return mean_of_parts(F, x, self._kwargs)


class AvgPool3D(nn.AvgPool3D):
    """AvgPool3D with a right gradient where ceil_mode cuts windows off."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return mean_of_parts(F, x, self._kwargs)
