"""examples/custom_layers: layers made as the guide says work wherever others do."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

import custom_layers
import netspec as ns
from custom_layers import CenteredLayer, MyDense
from netspec import Dense, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import forecast, judge
from netspec.contract import Array, Arrays, ObserverBackend, TracingBackend

FILE = Path(custom_layers.__file__).with_name("net.yaml")
SPEC = Spec("custom", (5,), [MyDense(3), CenteredLayer(), Dense(2)])
INSTALLED = [
    name
    for name, found in ns.backends().items()
    if found.installed and not name.startswith("keras")  # for which there is none
]
BACKENDS = {name: ns.backend(name) for name in INSTALLED}
SOURCES = [n for n, b in BACKENDS.items() if isinstance(b, ObserverBackend)]
TRACED = [n for n, b in BACKENDS.items() if isinstance(b, TracingBackend)]


def by_hand(params: Arrays, x: Array) -> Array:
    """Sections 10.3 and 10.4 of the text, in NumPy."""
    hidden = np.maximum(x @ params["0.weight"] + params["0.bias"], 0)
    y: Array = (hidden - hidden.mean()) @ params["2.weight"].T + params["2.bias"]
    return y


def test_they_are_read_from_yaml() -> None:
    assert ns.load(FILE) == SPEC == Spec.from_dict(SPEC.to_dict())
    assert ns.init_params(SPEC, 0)["0.weight"].shape == (5, 3)


def test_the_reference_computes_what_the_text_says() -> None:
    case = draw_case(SPEC, train=False, dtype="float64")
    verdict = judge(by_hand(case.params, case.x), forecast(case).tensors["output"])
    assert verdict.status == "pass", verdict


@pytest.mark.parametrize("backend", INSTALLED)
def test_parameters_are_as_declared_in_every_framework(backend: str) -> None:
    drawn = ns.init_params(SPEC, 0)
    model = ns.compile(SPEC, backend, params=drawn)
    held = ns.backend(backend).params(model, SPEC)
    assert all(np.array_equal(held[path], drawn[path]) for path in drawn)


@pytest.mark.parametrize("backend", SOURCES)
def test_an_export_needs_nothing_of_ours(backend: str, tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(ns.export(SPEC, backend))
    assert "custom_layers" not in path.read_text()
    assert "netspec_" not in path.read_text()
    made = {"jax": "init", "flax": "Net"}.get(backend, "build")
    assert made in runpy.run_path(str(path))


@pytest.mark.parametrize("backend", INSTALLED)
def test_outputs_and_gradients_conform(backend: str) -> None:
    report = ns.conform(SPEC, backend, "float64", ["outputs", "gradients"])
    assert report.passed, str(report)
    assert {"custom", "MyDense(3) on 5", "CenteredLayer on 3"} <= {
        row.spec for row in report.rows
    }


@pytest.mark.slow
@pytest.mark.parametrize("backend", INSTALLED)
def test_every_check_passes(backend: str) -> None:
    report = ns.conform(SPEC, backend)
    assert report.passed, str(report)
    assert set(report.counts) <= {"pass", "declared", "unsupported"}


@pytest.mark.parametrize("backend", TRACED)
def test_a_probe_follows_the_signal_through_them(backend: str) -> None:
    found = ns.probe(SPEC, backend)["spec"]
    assert [row.path for row in found.rows] == ["0", "1", "2"]
    centered = found.row("1").output
    assert abs(centered.mean) <= 2.0**-24 * 48  # of 16 x 3 values
    assert found.verdict.word == "healthy"
