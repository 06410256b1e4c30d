"""Weights, outputs and state of a PyTorch net, all that its random numbers decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Make = Callable[[], nn.Module]


def of_file(module: dict[str, Any]) -> Make:
    def make() -> nn.Module:
        net: nn.Module = module["build"]()
        module["initialize"](net)
        return net

    return make


def of_backend(backend: Any, spec: Any, dtype: str) -> Make:
    return lambda: backend.compile(spec, dtype=dtype)


def observe(make: Make, x: np.ndarray) -> dict[str, np.ndarray]:
    torch.manual_seed(7)
    net, batch = make(), torch.from_numpy(x)
    first = {f"first {name}": t.clone() for name, t in net.state_dict().items()}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums of another number of threads have other last bits
    seen: dict[str, Tensor] = {"train": net.train()(batch), "test": net.eval()(batch)}
    torch.set_num_threads(threads)
    after = {f"after {name}": t for name, t in net.state_dict().items()}
    return {name: t.detach().numpy() for name, t in {**first, **seen, **after}.items()}
