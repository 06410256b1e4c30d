"""Gluon waits for data to know its shapes; a spec knows them before.

Run it with `python examples/lessons/gluon/deferred.py`.
"""

import sys
from pathlib import Path

import numpy as np

import netspec
from netspec import Dense, ReLU, Spec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.proof import message

SPEC = Spec("mlp", (20,), [Dense(256), ReLU(), Dense(10)])


def main() -> None:
    """Check sections 6, 8.3 and 12."""
    if "gluon" in FRAMEWORKS:
        defer()
    print(SPEC.summary(), "\n")
    shape = SPEC.parameters()["0.weight"].shape
    claim(
        "gluon 8.3",
        "A spec states the shape of its input once, and knows every other before"
        " anything is built.",
        f"`0.weight` has shape {shape}",
        shape == (256, 20),
    )
    sources = {name: netspec.export(SPEC, name) for name in FRAMEWORKS}
    torch, jax = "nn.Linear(20, 256)", "dense(20, 256"
    wanted = {"gluon": "in_units=20", "torch": torch, "jax": jax}
    claim(
        "gluon 6",
        "`Dense(256)` in a spec names outputs only, as in Gluon; what is exported says"
        " the inputs, in every framework.",
        ", ".join(f"`{wanted[name]}`" for name in sources),
        all(wanted[name] in source for name, source in sources.items()),
    )
    said = {name: refused(name) for name in FRAMEWORKS}
    claim(
        "gluon 12",
        "A batch whose shape is not that of the spec is refused, with the same words"
        " in every framework.",
        next(iter(said.values())),
        len(set(said.values())) == 1 and "(2, 21)" in next(iter(said.values())),
    )


def defer() -> None:
    """Look at the text's net before and after its first batch."""
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    import mxnet as mx
    from mxnet.gluon import nn

    net = nn.Sequential()
    net.add(nn.Dense(256, activation="relu"), nn.Dense(10))
    net.initialize()
    before = net[0].weight.shape
    said = message(net[0].weight.data)
    net(mx.nd.random.uniform(shape=(2, 20)))
    after = net[0].weight.shape
    claim(
        "gluon 8.3",
        "In Gluon a weight has the shape (256, 0) until data come, and no values; the"
        " first batch of 20 inputs makes it (256, 20).",
        f"{before}, then {after}; before: {said.partition('because')[0].strip()}",
        before == (256, 0)
        and after == (256, 20)
        and "has not been initialized" in said,
    )


def refused(name: str) -> str:
    """Return what a batch of 21 inputs is told."""
    model = netspec.compile(SPEC, name, seed=0)
    x = np.zeros((2, 21), np.float32)
    return message(lambda: netspec.backend(name).forward(model, SPEC, x))


if __name__ == "__main__":
    main()
