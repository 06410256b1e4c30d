"""Runs exported files where nothing of ours can be imported.

python -I clean.py FOLDER: for each NAME.py in the folder, with inputs in NAME.in, what
`observe` sees goes to NAME.out.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

SEED = 7


def observe(make: Callable[[], nn.Module], x: Tensor) -> dict[str, Tensor]:
    """Weights, outputs and state of a net, all that its random numbers decide."""
    torch.manual_seed(SEED)
    net = make()
    first = {f"first {name}": t.clone() for name, t in net.state_dict().items()}
    seen = {"train": net.train()(x), "evaluate": net.eval()(x)}
    after = {f"after {name}": t for name, t in net.state_dict().items()}
    return first | {name: y.detach() for name, y in seen.items()} | after


def run(path: Path) -> dict[str, Tensor]:
    """What an exported file gives."""
    module = runpy.run_path(str(path))

    def make() -> nn.Module:
        net: nn.Module = module["build"]()
        module["initialize"](net)
        return net

    return observe(make, torch.load(path.with_suffix(".in")))


class Blocked:
    """Finds nothing of ours."""

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition("_")[0].partition(".")[0] == "netspec":
            raise ImportError(f"{name} is blocked")


if __name__ == "__main__":
    sys.meta_path.insert(0, Blocked())
    torch.set_num_threads(1)
    for exported in sorted(Path(sys.argv[1]).glob("*.py")):
        torch.save(run(exported), exported.with_suffix(".out"))
