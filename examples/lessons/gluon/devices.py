"""A device is named once; one that is not there is an error that says what is.

Run it with `python examples/lessons/gluon/devices.py`.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np

import netspec
from netspec import Dense, Spec

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim
from lessons.lib.proof import message

SPEC = Spec("one", (8,), [Dense(1)])
ABSENT = "gpu:63"  # of a machine that nobody has


def main() -> None:
    """Check section 9."""
    x = np.ones((2, 8), np.float32)
    outputs = {}
    for name in FRAMEWORKS:
        model = netspec.compile(SPEC, name, seed=0, device="cpu")
        outputs[name] = netspec.backend(name).forward(model, SPEC, x)
    claim(
        "gluon 9",
        "`device=` puts parameters on a device in every framework, and inputs follow.",
        f"shapes {[y.shape for y in outputs.values()]} on the cpu",
        all(y.shape == (2, 1) for y in outputs.values()),
    )
    said = {name: message(partial(absent, name)) for name in FRAMEWORKS}
    for name, text in said.items():
        print(f"{name}: {text}")
    claim(
        "gluon 9",
        "A GPU that is not there is refused before anything runs, with what to use.",
        said.get("gluon", next(iter(said.values()))),
        all(ABSENT in text and "'cpu'" in text for text in said.values()),
    )
    if "gluon" in FRAMEWORKS:
        mix()


def absent(name: str) -> object:
    """Build a model on a device that is not there."""
    return netspec.compile(SPEC, name, device=ABSENT)


def mix() -> None:
    """Mix arrays of two devices, in Gluon: two that every machine has."""
    netspec.backend("gluon")  # without it, MXNet cannot be imported
    import mxnet as mx

    net = netspec.compile(SPEC, "gluon", seed=0)
    x = mx.nd.ones((2, 8), ctx=mx.Context("cpu", 1))
    said = message(lambda: net(x))
    claim(
        "gluon 9",
        "MXNet wants parameters and inputs on the same device, even of two that are the"
        " same memory.",
        said.partition(". ")[0],
        "cpu(1)" in said,
    )


if __name__ == "__main__":
    main()
