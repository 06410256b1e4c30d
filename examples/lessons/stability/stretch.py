"""A product of many matrices explodes or vanishes.

Run it with `python examples/lessons/stability/stretch.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Identity, Orthogonal, Sigmoid, Spec, XavierNormal

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim, pictures
from lessons.lib.square import DEPTH, RELU, SIGMOID, WIDTH, mlp, stretches
from lessons.lib.tables import table

ROUNDING = DEPTH * WIDTH**1.5 * 2.0**-24  # of DEPTH products with a matrix, relative
LAST = DEPTH - 1


def main() -> None:
    """Check sections 1.2, 1.3.1 and 1.3.2."""
    nets = {"ReLU, N(0, 1)": RELU, "sigmoid, Xavier": SIGMOID}
    nets |= {f"linear, {g}": mlp(Identity(), Orthogonal(g)) for g in (1.5, 0.5)}
    seen = {name: [s[0] for s in stretches(net, "numpy")] for name, net in nets.items()}
    table(
        ["layers", *seen], ((k, *(s[-1 - k] for s in seen.values())) for k in range(12))
    )
    title = "How much a product of layers stretches what it stretches most"
    curves = {name: (np.arange(DEPTH), one[::-1]) for name, one in seen.items()}
    pictures.draw("stretch", title, curves, "layers", "", yscale="log")
    for gain in (1.5, 0.5):
        found = [stretches(nets[f"linear, {gain}"], name)[0] for name in FRAMEWORKS]
        values, wanted = np.array(found), gain**LAST
        claim(
            "stability 1.2",
            f"{LAST} layers that multiply everything by {gain} multiply it by"
            f" {gain}^{LAST}, in every framework.",
            f"by {values.min():.4g} to {values.max():.4g}, {wanted:.4g} by hand",
            abs(values / wanted - 1).max() <= ROUNDING,
        )
    large, usual = seen["ReLU, N(0, 1)"][0], (WIDTH / 2) ** (LAST / 2)
    claim(
        "stability 1.3.1",
        "Where ReLU's slopes are 1, the product is one of weights: with N(0, 1) it"
        " explodes in every framework, like `sqrt(n / 2)` to the depth.",
        f"{large:.1e} after {LAST} layers; `sqrt(8)^{LAST}` = {usual:.1e}",
        verdicts(RELU) == {"exploding"} and large > usual,
    )
    weights = list(netspec.init_params(SIGMOID, 0).values())[1:]
    bound = float(np.prod([np.linalg.norm(weight, 2) / 4 for weight in weights]))
    small = seen["sigmoid, Xavier"][0]
    claim(
        "stability 1.3.2",
        "The sigmoid's slope is at most 1/4: the product is at most that of all"
        " `norm(W) / 4` and vanishes in every framework.",
        f"{small:.1e}, at most {bound:.1e}",
        verdicts(SIGMOID) == {"vanishing"} and small <= bound < 1e-3,
    )
    deep = mlp(Sigmoid(), XavierNormal(), 100)
    zeros = {name: zero_layers(deep, name) for name in FRAMEWORKS}
    claim(
        "stability 1.3.2",
        "After 100 layers of sigmoids the gradient of the lowest ones is exactly 0.",
        ", ".join(f"{name}: the first {count}" for name, count in zeros.items()),
        min(zeros.values()) > 0,
    )


def verdicts(spec: Spec) -> set[str]:
    """Return what the probe says in each framework, in a word."""
    return {netspec.probe(spec, name)["spec"].verdict.word for name in FRAMEWORKS}


def zero_layers(spec: Spec, backend: str) -> int:
    """Count the layers from the input on that have no gradient at all."""
    rows = netspec.probe(spec, backend)["spec"].rows
    norms = [row.grad_params.norm for row in rows if row.grad_params]
    return int(np.argmax(np.array(norms) > 0))


if __name__ == "__main__":
    main()
