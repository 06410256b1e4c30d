"""What lowerings ask of a framework, for where it is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import netspec
from netspec import InitPolicy
from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.errors import BackendError
from netspec.init import INITIALIZERS, PRESETS
from netspec.layers import Layer, Shape
from netspec.program import as_recorded
from netspec.spec import DTYPES, Spec

PACKAGES = {
    "flax": ("flax", "jax", "netspec_flax", "netspec_jax"),
    "gluon": ("mxnet", "netspec_gluon"),
    "jax": ("jax", "netspec_jax"),
    "torch": ("torch", "netspec_torch"),
}


LAYERS: list[Layer] = [
    nl.Conv2D(4, kernel_size=3),
    nl.PReLU(),
    nl.Flatten(),
    nl.Dense(4),
]
NETS: tuple[tuple[Shape, list[Layer], str], ...] = (
    ((3, 8, 8), LAYERS, "float"),
    ((4,), [nl.Embedding(7, 4), nl.PositionEmbedding(), nl.LSTM(4)], "int"),
)
NUMBERS = {"Constant": (0.5,), "Uniform": (-0.5, 0.5)}  # what has no default


@cache
def recorded(name: str) -> str:
    """The signatures that the source of any layer and initializer may need."""
    backend: Any = netspec.backend(name)
    for spec in (*single_layers().values(), *_drawn()):
        for dtype in DTYPES:
            with suppress(BackendError):  # refused, which needs a signature, too
                backend.listing(spec, dtype=dtype)
                backend.source(spec, dtype=dtype)
    return as_recorded(PACKAGES[name])


def _drawn() -> Iterator[Spec]:
    """Yield nets of every policy and of every initializer."""
    kinds = [INITIALIZERS[name] for name in INITIALIZERS if name != "PerGate"]
    own = [kind for kind in kinds if kind.__module__.startswith("netspec.")]
    made = [kind(*NUMBERS.get(kind.__name__, ())) for kind in own]
    for policy in (*PRESETS.values(), *map(InitPolicy, made)):
        for number, (shape, layers, dtype) in enumerate(NETS):
            yield Spec(f"net {number}", shape, layers, policy, dtype)
