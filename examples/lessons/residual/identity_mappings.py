"""Identity mappings: with nothing after the sum, a block only adds to its input.

Run it with `python examples/lessons/residual/identity_mappings.py`.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import netspec
from netspec import Constant, Conv2D, Residual, Spec
from netspec.conformance.cases import draw_case
from netspec.signals import BAND

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, SPECS, claim
from lessons.lib.everywhere import worst
from lessons.lib.tables import listed, table
from lessons.residual.residual_depth import first_gradient

SPEC = netspec.load(SPECS / "identity_mappings.yaml")
STEM, BLOCK, *HEAD = SPEC.layers
DEPTHS, DEEP = (2, 8, 32, 54), 16
assert isinstance(BLOCK, Residual)
HALVE = Conv2D(8, kernel_size=1, groups=8, bias=False, init={"weight": Constant(0.5)})
KINDS = {
    "x + f(x)": replace(BLOCK, name=None),
    "x / 2 + f(x)": replace(BLOCK, name=None, shortcut=[HALVE]),
}


def main() -> None:
    """Check section 2.2."""
    apart = {name: from_sum(name) for name in FRAMEWORKS}
    claim(
        "residual 2.2",
        "The output of a stack of pre-activation blocks is its input plus what each"
        " block added, to the last bit.",
        f"{DEEP} blocks, largest difference {listed(apart)}",
        not any(apart.values()),
    )
    used = worst(draw_case(SPEC, train=True, dtype="float64", batch=2))
    claim(
        "residual 2.2",
        "Blocks of BatchNorm, ReLU, convolution compute the same in every framework.",
        f"at most {used:.2g} of what rounding explains",
        used <= 1,
    )
    found = {
        kind: [first_gradient(stack(block, depth)) for depth in DEPTHS]
        for kind, block in KINDS.items()
    }
    title = "Gradient of the first layer's weights, root mean square, by blocks"
    table(["", *map(str, DEPTHS)], ((k, *v) for k, v in found.items()), title)
    kept, scaled = found.values()
    claim(
        "residual 2.2",
        "The shortcut must be the identity: the gradient keeps its size at every depth,"
        " and explodes if shortcuts halve x, since BatchNorm scales up what is left.",
        f"54 blocks: {kept[-1]:.3g}, with x / 2 {scaled[-1]:.3g}",
        BAND[0] < min(kept) and max(kept) < 10 * min(kept) and scaled[-1] > BAND[1],
    )


def stack(block: netspec.Layer, depth: int) -> Spec:
    """Build the net with `depth` blocks."""
    return replace(SPEC, layers=[STEM, *[block] * depth, *HEAD])


def from_sum(backend: str) -> float:
    """Measure how far the last block's output is from the sum of all that was added."""
    spec, random = stack(KINDS["x + f(x)"], DEEP), np.random.default_rng(0)
    x = random.normal(size=(2, *spec.input_shape)).astype(np.float32)
    model, own = netspec.compile(spec, backend, seed=0), netspec.backend(backend)
    ones = np.ones((2, *spec.output_shape), np.float32)
    outputs = own.trace(model, spec, x, ones, train=True).outputs  # type: ignore[attr-defined]
    total = outputs["0"]
    for index in range(1, DEEP + 1):
        total = outputs[f"{index}.body.5"] + total
    return float(abs(total - outputs[str(DEEP)]).max())


if __name__ == "__main__":
    main()
