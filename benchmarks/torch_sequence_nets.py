"""The nets for sequences, written by hand in PyTorch."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.sequence_nets import CHANNELS, HEADS, HIDDEN


class GptBlock(nn.Module):
    """A block of GPT-2 without dropout, one matrix for all that its attention reads."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(CHANNELS)
        self.reads = nn.Linear(CHANNELS, 3 * CHANNELS)
        self.output = nn.Linear(CHANNELS, CHANNELS)
        self.norm2 = nn.LayerNorm(CHANNELS)
        self.rise = nn.Linear(CHANNELS, HIDDEN)
        self.gelu = nn.GELU("tanh")
        self.fall = nn.Linear(HIDDEN, CHANNELS)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend(self.norm1(x))
        y: Tensor = x + self.fall(self.gelu(self.rise(self.norm2(x))))
        return y

    def attend(self, x: Tensor) -> Tensor:
        batch, length, channels = x.shape
        q, k, v = (
            part.view(batch, length, HEADS, channels // HEADS).transpose(1, 2)
            for part in self.reads(x).split(channels, dim=2)
        )
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        out: Tensor = self.output(y.transpose(1, 2).reshape(batch, length, channels))
        return out


class Lstm(nn.Module):
    """The outputs of an LSTM at all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(CHANNELS, CHANNELS, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.lstm(x)
        out: Tensor = y
        return out


BY_HAND = {"GPT block": GptBlock, "LSTM": Lstm}
