"""What the text's residual CNN does: one mistake fails late, another never.

The program lacks `self` in `forward`, guesses 256 inputs for its last layer, and
returns `relu(x)` where `relu(x + y)` is meant. With `self` put in, PyTorch runs it.

Run it with `python examples/lessons/residual/residual_mistakes.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import netspec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import SPECS, claim
from lessons.lib.proof import message

SPEC = netspec.load(SPECS / "residual_cnn.yaml")
BLOCK, WEIGHT = 3, "3.body.0.weight"


class Forgetful(nn.Module):
    """The block of the text: computes y, and returns x."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        self.body(x)
        return x


def main() -> None:
    """Check section 2.1."""
    images = np.random.default_rng(0).normal(size=(2, *SPEC.input_shape))
    x, ones = images.astype(np.float32), np.ones((2, 10), np.float32)
    net = netspec.compile(SPEC, "torch", seed=0)
    step = netspec.backend("torch").step(net, SPEC, x, ones)
    learned = float(np.linalg.norm(step.grad_params[WEIGHT]))

    right, net[-1] = net[-1], nn.Linear(256, 10)
    said = message(lambda: net(torch.from_numpy(x)))
    net[-1], net[BLOCK] = right, Forgetful(net[BLOCK].body)
    net(torch.from_numpy(x)).backward(torch.from_numpy(ones))
    gradient = net[BLOCK].body[0].weight.grad
    claim(
        "residual 2.1",
        "In PyTorch `Linear(256, 10)` fails only when an image comes. A block that"
        " forgets the sum never fails: its convolutions just get no gradient.",
        f"{said}; gradient {gradient} in the text's block, norm {learned:.3g} here",
        "512" in said and gradient is None and learned > 0,
    )


if __name__ == "__main__":
    main()
