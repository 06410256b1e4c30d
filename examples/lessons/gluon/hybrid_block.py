"""What F is in `hybrid_forward`, and how often Python runs it.

Run it with `python examples/lessons/gluon/hybrid_block.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import netspec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim


def main() -> None:
    """Check section 11.2."""
    if "gluon" not in FRAMEWORKS:
        return
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    import mxnet as mx

    from lessons.lib.gluon_blocks import HybridNet

    net = HybridNet()
    net.initialize()
    x = mx.nd.array(np.ones((1, 4)))
    net(x)
    net(x)
    eager = list(net.seen)
    net.hybridize()
    net(x)
    net(x)
    net(x)
    symbolic = net.seen[len(eager) :]
    claim(
        "gluon 11.2",
        "`hybrid_forward` gets `F` = `mx.nd` in each call; hybridized, it runs once,"
        " with `mx.sym`, and then Python is not asked again.",
        f"2 calls before: {eager}; 3 after: {symbolic}",
        eager == ["mxnet.ndarray"] * 2 and symbolic == ["mxnet.symbol"],
    )


if __name__ == "__main__":
    main()
