"""Recurrent layers that give the output of every position and nothing else, so that
`nn.Sequential` can hold them: PyTorch's own also give their last states.

An exported file carries those that it uses.
"""

# The call of a module is Any, and `forward` gives less than PyTorch's
# mypy: disable-error-code="no-any-return,misc,override"

from typing import Any

import torch
from torch import Tensor, nn


class Outputs(nn.Module):
    """What is the same in all of them: (batch, positions, inputs) to (batch, positions,
    units), or to 2 * units if `bidirectional`.

    Args:
        inputs: size of each position.
        units: of the state.
        backward: whether the last position is read first; outputs keep their places.
        recurrent_bias: whether bias_hh is learned; if not, it is 0.
        options: of PyTorch's layer.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        *,
        backward: bool = False,
        recurrent_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(inputs, units, batch_first=True, **options)
        self.backward_alone = backward
        if self.bias and not recurrent_bias:
            held_at_zero(self)

    def forward(self, x: Tensor) -> Tensor:
        if self.backward_alone:
            return super().forward(x.flip(1))[0].flip(1)
        return super().forward(x)[0]


def held_at_zero(layer: nn.Module) -> None:
    """Make biases of the state zeros that nothing trains or saves: PyTorch's layer has
    both biases or none.
    """
    for name in [name for name in layer._parameters if name.startswith("bias_hh")]:
        zeros = torch.zeros_like(getattr(layer, name).detach())
        delattr(layer, name)
        layer.register_buffer(name, zeros, persistent=False)


class RNN(Outputs, nn.RNN):
    """`nn.RNN` without its last state."""


class LSTM(Outputs, nn.LSTM):
    """`nn.LSTM` without its last states."""


class GRU(Outputs, nn.GRU):
    """`nn.GRU` without its last state."""


class ResetBeforeGRU(GRU):
    """A GRU whose reset gate multiplies the state before the product (Cho et al.,
    2014), which `nn.GRU` does not have: position by position.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not self.bidirectional:
            return self.read(x, "", self.backward_alone)
        ways = self.read(x, "", False), self.read(x, "_reverse", True)
        return torch.cat(ways, dim=-1)

    def read(self, x: Tensor, end: str, backward: bool) -> Tensor:
        """The states at all positions."""
        parts = [f"{name}_l0{end}" for name in ("weight_ih", "weight_hh")]
        biases = [f"{name}_l0{end}" for name in ("bias_ih", "bias_hh")]
        wi, wh = (getattr(self, name) for name in parts)
        bi, bh = (getattr(self, name) if self.bias else None for name in biases)
        a = nn.functional.linear(x, wi, bi)
        a = a if bh is None else a + bh
        of_gates, of_n = wh.split([2 * self.hidden_size, self.hidden_size])
        h, states = x.new_zeros(len(x), self.hidden_size), []
        for at in reversed(a.unbind(1)) if backward else a.unbind(1):
            gates, candidate = at.split([2 * self.hidden_size, self.hidden_size], dim=1)
            r, z = (gates + h @ of_gates.T).sigmoid().chunk(2, dim=1)
            n = (candidate + (r * h) @ of_n.T).tanh()
            h = (1 - z) * n + z * h
            states.append(h)
        return torch.stack(states[::-1] if backward else states, dim=1)
