"""What frameworks draw unless they are told: Gluon's law, PyTorch's, and Xavier's.

Run it with `python examples/lessons/gluon/default_init.py`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import netspec
from netspec import Dense, Spec, XavierUniform
from netspec.conformance.statistics import examine
from netspec.contract import Array
from netspec.init import distributions

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.tables import table

INPUTS, UNITS = 512, 256


def main() -> None:
    """Check sections 8.1 and 8.2."""
    found = {}
    if "gluon" in FRAMEWORKS:
        found["gluon"] = gluon_default()
        check("8.1", "Gluon", found["gluon"], 0.07, "U(-0.07, 0.07), whatever the size")
    if "torch" in FRAMEWORKS:
        found["torch"] = torch_default()
        bound = 1 / math.sqrt(INPUTS)
        check("8.1", "PyTorch", found["torch"], bound, "U(-a, a), a = 1/sqrt(inputs)")
    spec = Spec("xavier", (INPUTS,), [Dense(UNITS, init={"weight": XavierUniform()})])
    for name in FRAMEWORKS:
        drawn = netspec.backend(name).params(netspec.compile(spec, name), spec)
        bound = math.sqrt(6 / (INPUTS + UNITS))
        words = "Xavier's U(-a, a), a = sqrt(6 / (inputs + outputs))"
        check("8.2", name, (drawn["0.weight"], drawn["0.bias"]), bound, words)
    rows = [(n, float(abs(w).max()), float(w.std())) for n, (w, _) in found.items()]
    table(["", "largest", "std"], rows, "First weights of a layer of 512 inputs")


def check(
    section: str, name: str, drawn: tuple[Array, Array], bound: float, words: str
) -> None:
    """Compare weights with the uniform law of a bound, and the bias with 0."""
    weight, bias = drawn
    verdicts = dict(examine(weight, distributions.Uniform(-bound, bound), many=True))
    rule = "biases by the same law" if bias.any() else "biases 0"
    claim(
        f"gluon {section}",
        f"{name} draws weights by {words}; {rule}.",
        f"a = {bound:.4f}: std {weight.std():.4f}, law {bound / math.sqrt(3):.4f},"
        f" largest {abs(weight).max():.4f}",
        all(verdict.good for verdict in verdicts.values()) and abs(bias).max() <= bound,
    )


def gluon_default() -> tuple[Array, Array]:
    """Draw by `net.initialize()`, as the text has it."""
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    from mxnet.gluon import nn

    layer = nn.Dense(UNITS, in_units=INPUTS)
    layer.initialize()
    return layer.weight.data().asnumpy(), layer.bias.data().asnumpy()


def torch_default() -> tuple[Array, Array]:
    """Draw by the constructor."""
    from torch import nn

    layer = nn.Linear(INPUTS, UNITS)
    return layer.weight.detach().numpy(), layer.bias.detach().numpy()


if __name__ == "__main__":
    main()
