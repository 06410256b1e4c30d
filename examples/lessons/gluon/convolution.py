"""A convolution by hand: a kernel slides over the image, and a bias is added.

Run it with `python examples/lessons/gluon/convolution.py`.
"""

import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Conv2D, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, forecast, judge
from netspec.contract import Array

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.everywhere import worst
from lessons.lib.proof import by_hand

SPEC = Spec("convolution", (2, 6, 5), [Conv2D(3, kernel_size=(3, 2))])
EDGES = Spec("edges", (1, 6, 8), [Conv2D(1, kernel_size=(1, 2))])


def main() -> None:
    """Check section 13."""
    verdict = by_hand(SPEC, convolve)
    used = worst(draw_case(SPEC, train=True, dtype="float64"))
    bias = SPEC.parameters()["0.bias"].shape
    claim(
        "gluon 13",
        "A convolution has biases, one number for each output channel: sliding sums by"
        " hand, plus the bias, are the `Conv2D` of every framework.",
        f"bias {bias}; by hand {verdict.ratio:.2g}, frameworks {used:.2g} of what"
        " rounding explains",
        verdict.good and used <= 1 and bias == (3,),
    )
    if "gluon" in FRAMEWORKS:
        compare_block()


def corr2d(x: Array, kernel: Array) -> Array:
    """Sum the products at every place of the kernel."""
    rows, columns = (a - b + 1 for a, b in zip(x.shape, kernel.shape, strict=True))
    height, width = kernel.shape
    windows = [
        [(x[i : i + height, j : j + width] * kernel).sum() for j in range(columns)]
        for i in range(rows)
    ]
    return np.array(windows)


def convolve(case: Case) -> Array:
    """Sum over input channels and add the bias, for every example and output."""
    weight, bias = case.params["0.weight"], case.params["0.bias"]
    pairs = list(zip(weight, bias, strict=True))
    return np.array(
        [[sum(map(corr2d, x, kernels)) + b for kernels, b in pairs] for x in case.x]
    )


def compare_block() -> None:
    """Compare the text's `Conv2D`, in Gluon, with the reference."""
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    import mxnet as mx

    from lessons.lib.gluon_blocks import Conv2D as Block

    case = draw_case(EDGES, train=False, dtype="float32", batch=1)
    block = Block((1, 2))
    block.initialize()
    block.weight.set_data(mx.nd.array(case.params["0.weight"][0, 0]))
    block.bias.set_data(mx.nd.array(case.params["0.bias"]))
    y = block(mx.nd.array(case.x[0, 0])).asnumpy()[None, None]
    verdict = judge(y, forecast(case).tensors["output"])
    claim(
        "gluon 13",
        "The text's `Conv2D(nn.Block)`, with one kernel and a scalar bias, computes the"
        " same.",
        f"{verdict.ratio:.2g} of what rounding explains",
        verdict.good,
    )


if __name__ == "__main__":
    main()
