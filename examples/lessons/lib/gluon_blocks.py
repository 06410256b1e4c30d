"""The classes of the text on Gluon, as they stand there but for slips of the pen.

Import netspec's backend first: `netspec.backend("gluon")`.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet import nd
from mxnet.gluon import nn


class MLP(nn.Block):
    """Section 10: layers are attributes, and `forward` calls them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = nn.Dense(256, activation="relu")
        self.output = nn.Dense(10)

    def forward(self, x: Any) -> Any:
        return self.output(self.hidden(x))


class CenteredLayer(nn.Block):
    """Section 10.3: no parameters."""

    def forward(self, x: Any) -> Any:
        return x - x.mean()


class MyDense(nn.Block):
    """Section 10.4: parameters of its own."""

    def __init__(self, units: int, in_units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(in_units, units))
        self.bias = self.params.get("bias", shape=(units,))

    def forward(self, x: Any) -> Any:
        return nd.relu(nd.dot(x, self.weight.data()) + self.bias.data())


class HybridNet(nn.HybridBlock):
    """Section 11.2, without its prints; `seen` keeps what F was."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen: list[str] = []
        self.hidden = nn.Dense(10)
        self.output = nn.Dense(2)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        self.seen.append(F.__name__)
        return self.output(F.relu(self.hidden(x)))


def corr2d(x: Any, kernel: Any) -> Any:
    """Compute the two-dimensional cross-correlation of "Dive into Deep Learning"."""
    rows, columns = kernel.shape
    y = nd.zeros((x.shape[0] - rows + 1, x.shape[1] - columns + 1), dtype=x.dtype)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + rows, j : j + columns] * kernel).sum()
    return y


class Conv2D(nn.Block):
    """Section 13: one kernel, one number as the bias."""

    def __init__(self, kernel_size: tuple[int, int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=kernel_size)
        self.bias = self.params.get("bias", shape=(1,))

    def forward(self, x: Any) -> Any:
        return corr2d(x, self.weight.data()) + self.bias.data()
