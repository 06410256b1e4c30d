"""One step of a large net, judged by relative norms alone, without replicas."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import nets
import netspec
from netspec.conformance.cases import draw_input
from netspec.conformance.judging import (
    Case,
    numerics_of,
    step_of,
    step_with,
    tensors,
)
from netspec.contract import Array, Arrays, Backend, Numerics
from netspec.errors import BackendError
from netspec.spec import Spec, init_params

FRAMEWORKS = ("torch", "gluon", "jax")
LIMIT = 1e-9
# Published images take 2 GB a layer; the smallest that leave anything are smaller
HOW: dict[str, dict[str, Any]] = {
    "unet": {"input_shape": (1, 188, 188)},
    "gpt2": {"input_shape": (128,)},  # of 1024 tokens
    "llama": {"input_shape": (128,)},  # of 2048
    "unet_3d": {"input_shape": (3, 16, 16, 24), "padding": "same"},
}
NULL = 1e-10  # of the largest gradient of a layer: less than that is rounding


class Line(NamedTuple):
    """How far a backend is from the reference.

    Attributes:
        net: its name.
        parameters: how many of them are trained.
        backend: its name.
        distance: norm of the difference relative to that of the reference, of the worst
            tensor.
        tensor: the worst, or why there is none.
        seconds: that export, build and step took together.
    """

    net: str
    parameters: int
    backend: str
    distance: float
    tensor: str
    seconds: float

    @property
    def met(self) -> bool:
        """Whether every tensor is as close as it has to be."""
        return self.distance <= LIMIT


def compared(name: str) -> list[Line]:
    """Compare all installed frameworks on a net of examples/nets."""
    spec: Spec = getattr(nets, name)(**HOW.get(name, {})).without_dropout()
    case = drawn(spec)

    @cache
    def expected(numerics: Numerics) -> dict[str, Array]:
        return tensors(step_of(case, numerics))

    count = sum(p.size for p in spec.parameters().values() if p.trainable)
    lines = []
    for backend in _installed():
        start = time.perf_counter()
        try:
            received = _step(backend, case)
        except BackendError as error:
            lines.append(Line(name, count, backend.name, math.inf, str(error), 0))
            continue
        seconds = time.perf_counter() - start
        distances = relative(received, expected(numerics_of(backend, case)))
        worst = max(distances, key=distances.__getitem__)
        line = Line(name, count, backend.name, distances[worst], worst, seconds)
        lines.append(line)
    return lines


def _installed() -> list[Backend]:
    found = netspec.backends()
    return [netspec.backend(name) for name in FRAMEWORKS if found[name].installed]


def drawn(spec: Spec, seed: int = 0) -> Case:
    """Draw one example, a cotangent and weights, of which none is constant."""
    random = np.random.default_rng(seed)
    params = init_params(spec, seed, "float64")
    for path, parameter in spec.parameters().items():
        if parameter.trainable and not parameter.law.std:
            params[path] = params[path] + random.normal(0, 0.1, parameter.shape)
    text = spec.input_dtype == "int"
    shape = (1, *spec.input_shape)
    x = draw_input(spec, random, 1, "") if text else random.normal(size=shape)
    cotangent = random.normal(size=(1, *spec.output_shape))
    return Case(spec, params, x, cotangent, train=True, dtype="float64")


def _step(backend: Backend, case: Case) -> Arrays:
    """Export the net, and see that its source can be read; build it; make the step."""
    source = backend.source(case.spec, dtype="float64", weights=True)
    compile(source, f"{case.spec.name}.py", "exec")
    model = backend.compile(case.spec, params=case.params, dtype="float64")
    return step_with(backend, model, case)


def relative(received: Arrays, expected: Arrays) -> dict[str, float]:
    """Return the norm of each difference relative to that of the expected tensor;
    infinite where a tensor is missing, of another shape or not finite.

    Before a normalization, a bias changes nothing: its gradient is rounding, which is
    held against the largest gradient of its layer.
    """
    scales = _scales({name: float(np.linalg.norm(x)) for name, x in expected.items()})
    missing = dict.fromkeys(set(expected) ^ set(received), math.inf)
    return missing | {
        name: _distance(received[name], exact, scales[name])
        for name, exact in expected.items()
        if name in received
    }


def _distance(received: Array, exact: Array, scale: float) -> float:
    if received.shape != exact.shape or not np.isfinite(received).all():
        return math.inf
    difference = float(np.linalg.norm(received - exact))
    return difference / scale if scale else math.inf if difference else 0.0


def _scales(norms: Mapping[str, float]) -> dict[str, float]:
    largest: dict[str, float] = {}
    for name, norm in norms.items():
        largest[_layer(name)] = max(largest.get(_layer(name), 0.0), norm)
    return {
        name: largest[_layer(name)] if norm < NULL * largest[_layer(name)] else norm
        for name, norm in norms.items()
    }


def _layer(name: str) -> str:
    """Return what the names of a layer's tensors share, such as ``grad 0.body.1``."""
    return name.rpartition(".")[0] or name
