"""What is compiled for Gluon and imported again, live and by files, is the normal form
of its spec: its layers, and every bit of its weights and of what it computes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import netspec as ns
from netspec import importing
from netspec.conformance.cases import single_layers
from netspec.contract import Array, Arrays
from netspec.fuzzing import strategies
from netspec.importing import Imported
from tests.importing.compared import nameless, tied

pytestmark = pytest.mark.skipif(
    not ns.backends()["gluon"].installed, reason="MXNet is not installed"
)
CATALOG = list(single_layers().values())


def live(net: Any, spec: ns.Spec, x: Array) -> Imported:
    return importing.gluon(net, spec.input_shape)


def by_files(net: Any, spec: ns.Spec, x: Array) -> Imported:
    net.hybridize()
    ns.backend("gluon").forward(net, spec, x)
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "net"
        net.export(str(start))
        files = f"{start}-symbol.json", f"{start}-0000.params"
        return importing.mxnet(*files, spec.input_shape)


READERS: dict[str, Callable[[Any, ns.Spec, Array], Imported]] = {
    "gluon": live,
    "mxnet": by_files,
}


def check(spec: ns.Spec, source: str, dtype: str = "float32") -> None:
    backend, x = ns.backend("gluon"), example(spec, dtype)
    try:
        net = backend.compile(spec, params=perturbed(spec, dtype), dtype=dtype)
        wanted = backend.forward(net, spec, x)
    except ns.BackendError:
        return  # nothing was compiled
    normal = importing.normal(spec, source, dtype)
    found = READERS[source](net, spec, x)
    layers = nameless(found.spec)
    assert (layers, tied(found.spec)) == (nameless(normal), tied(normal))
    assert layers == nameless(importing.normal(found.spec, source, dtype))
    again = backend.compile(found.spec, params=found.params, dtype=dtype)
    assert np.array_equal(backend.forward(again, found.spec, x), wanted)
    twice = READERS[source](again, found.spec, x)
    assert (nameless(twice.spec), tied(twice.spec)) == (layers, tied(found.spec))
    pairs = zip(twice.params.values(), found.params.values(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def readable(spec: ns.Spec) -> bool:
    """Tell whether a graph tells what each layer is."""
    try:
        return bool(importing.normal(spec, "gluon"))
    except ns.SpecError:
        return False


def example(spec: ns.Spec, dtype: str) -> Array:
    draw, shape = np.random.default_rng(0), (2, *spec.input_shape)
    if spec.input_dtype == "int":
        return np.zeros(shape, np.int64)
    return draw.normal(size=shape).astype(dtype)


def perturbed(spec: ns.Spec, dtype: str) -> Arrays:
    """Parameters none of which are those that a layer begins with."""
    draw = np.random.default_rng(1)
    return {
        path: (array + draw.uniform(0.1, 0.4, array.shape)).astype(dtype)
        for path, array in ns.init_params(spec, 1, dtype).items()
    }


@pytest.mark.parametrize("source", READERS)
@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_a_layer(spec: ns.Spec, source: str) -> None:
    check(spec, source)


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_a_layer_in_float64(spec: ns.Spec) -> None:
    check(spec, "gluon", "float64")


@pytest.mark.parametrize("source", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spec=strategies.specs().filter(readable))
def test_a_spec(spec: ns.Spec, source: str) -> None:
    check(spec, source)


@pytest.mark.parametrize(
    "layer",
    [ns.SinusoidalPosition(3.1415926535), ns.MultiHeadAttention(2, rotary=2.718281828)],
    ids=repr,
)
def test_a_table_of_no_base_is_refused(layer: ns.Layer) -> None:
    spec = ns.Spec("odd", (5, 8), [layer])
    with pytest.raises(ns.SpecError, match="its base is none of seven digits"):
        importing.normal(spec, "gluon")
    with pytest.raises(importing.ImportProblem):
        live(ns.compile(spec, "gluon"), spec, example(spec, "float32"))


def test_a_mean_of_lines_that_counts_no_padding() -> None:
    pool = ns.AvgPool1D(3, stride=2, padding="same", count_include_pad=False)
    check(ns.Spec("line", (2, 2), [pool]), "gluon")
