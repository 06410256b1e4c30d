"""A block by hand is what a spec becomes: the same numbers, the same kind.

Run it with `python examples/lessons/gluon/blocks.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

import netspec
from netspec import Dense, InitPolicy, Normal, ReLU, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import forecast, judge

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim

LAYERS = [Dense(256, name="hidden"), ReLU(), Dense(10, name="output")]
SPEC = Spec("mlp", (20,), LAYERS, InitPolicy(Normal(0.01)))


def main() -> None:
    """Check sections 10 and 10.1."""
    if "gluon" not in FRAMEWORKS:
        return
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    from mxnet.gluon import nn

    from lessons.lib.gluon_blocks import MLP

    compare(MLP())
    kinds = nn.Sequential, nn.HybridSequential, nn.Block
    made = type(netspec.compile(SPEC, "gluon", seed=0))
    claim(
        "gluon 10.1",
        "`Sequential` is a `Block`, and so is `HybridSequential`, which a spec becomes:"
        " it may stand wherever a block of one's own does.",
        f"{made.__name__}, a subclass of {made.__mro__[1].__name__}",
        all(issubclass(kind, nn.Block) for kind in kinds) and made is kinds[1],
    )


def compare(block: Any) -> None:
    """Compare the text's block, with the weights of a case, with the reference."""
    import mxnet as mx

    case = draw_case(SPEC, train=False, dtype="float32")
    block.initialize()
    x = mx.nd.array(case.x)
    block(x)  # the first batch makes the shapes
    for path, parameter in block._collect_params_with_prefix().items():
        parameter.set_data(mx.nd.array(case.params[path]))
    verdict = judge(block(x).asnumpy(), forecast(case).tensors["output"])
    model = netspec.compile(SPEC, "gluon", params=case.params)
    same = np.array_equal(block(x).asnumpy(), model(x).asnumpy())
    claim(
        "gluon 10",
        "The text's `MLP(nn.Block)`, by hand, gives what the compiled spec gives with"
        " the same weights.",
        f"equal bits: {same}; {verdict.ratio:.2g} of what rounding explains",
        verdict.good,
    )


if __name__ == "__main__":
    main()
