"""Sound backends pass on random models; `make fuzz` runs 300 small ones and 100 large
ones, compiled as users do.
"""

from __future__ import annotations

import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

import netspec
from netspec import layers as nl
from netspec.layers import Layer
from netspec.spec import Spec
from tests.fuzz import __main__ as fuzz
from tests.fuzz import figures, worker
from tests.fuzz.draw import draw_spec
from tests.fuzz.large import LEAST, MOST, draw_large, units
from tests.fuzz.trial import HALVES, Half, trial, trial_large
from tests.fuzz.worker import DTYPES

SEED = 1
MODELS = {"torch": 12, "gluon": 12, "jax": 5}  # which XLA compiles for seconds
RUNS = [(backend, number) for backend, n in MODELS.items() for number in range(n)]


@pytest.mark.slow
@pytest.mark.parametrize(("backend", "number"), RUNS)
def test_a_sound_backend_passes(backend: str, number: int) -> None:
    if not netspec.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")
    spec, found = draw_spec(SEED, number), netspec.backend(backend)
    findings = [f for dtype in DTYPES for f in trial(number, spec, found, dtype)]
    bad = [f for f in findings if f.status in ("fail", "inconclusive")]
    assert bad == [], f"{spec!r}"


FAR_FROM_ZERO: list[Layer] = [nl.Rescale(0.01, offset=10), nl.GroupNorm(1)]


@pytest.mark.parametrize("backend", MODELS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_scales_whose_gradients_cancel_have_the_noise_of_what_was_read(
    backend: str, dtype: str
) -> None:
    """PyTorch sums x dy and the mean times dy, which cancel, rather than z dy."""
    if not netspec.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")
    layers = [*FAR_FROM_ZERO, nl.InstanceNorm(scale=False, center=False)]
    findings = trial(0, Spec("s", (3, 4), layers), netspec.backend(backend), dtype)
    assert not [finding for finding in findings if finding.status == "fail"]


def test_what_raises_fails_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*given: object, **named: object) -> None:
        raise ArithmeticError("not today")

    found = netspec.backend("numpy")
    monkeypatch.setattr(type(found), "step", raises)
    for finding in trial(0, Spec("s", (3,), [nl.Dense(2)]), found, "float32"):
        assert (finding.status, finding.ratio) == ("fail", math.inf)
        assert "ArithmeticError: not today" in finding.reason


@pytest.mark.parametrize("half", HALVES)
def test_there_is_a_place_for_the_figures(half: str) -> None:
    begin, end = figures.MARKS[half]
    page = figures.PAGE.read_text(encoding="utf-8")
    assert 0 < page.find(begin) < page.find(end)


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_models_are_different_and_the_same_for_the_same_seed(half: Half) -> None:
    first, again = ([half.draw(SEED, n) for n in range(10)] for _ in range(2))
    assert first == again
    assert len(set(first)) == 10
    assert first != [half.draw(SEED + 1, n) for n in range(10)]


def test_large_models_have_many_units() -> None:
    for number in range(10):
        spec = draw_large(SEED, number)
        assert LEAST <= units(spec) <= MOST
        assert any(type(n.layer).__name__ == "BatchNorm" for n in spec.graph.walk())


def test_a_large_model_is_trained() -> None:
    spec = Spec(
        "net", (1, 4, 4), [nl.Conv2D(2, kernel_size=3), nl.BatchNorm(), nl.ReLU()]
    )
    found = list(trial_large(0, spec, netspec.backend("numpy"), "float64"))
    assert {"outputs", "gradients", "state", "training"} == {
        finding.what.partition(":")[0] for finding in found
    }
    assert {finding.status for finding in found} == {"pass"}


def run_here(monkeypatch: pytest.MonkeyPatch, crash_on: str = "") -> list[str]:
    """Let the processes of a run be calls, and tell which models they were given."""
    given: list[str] = []

    def run(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        log, half, backend, seed, *numbers = command[3:]
        for number in numbers:
            if number == crash_on:
                return subprocess.CompletedProcess(command, -6)
            given.append(number)
            worker.main(log, half, backend, seed, number)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return given


def test_a_run_goes_on_where_its_log_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = run_here(monkeypatch)
    options = ["--seed", "1", "--backends", "numpy", "--log", str(tmp_path / "log")]
    assert fuzz.main(["--specs", "3", "--shard", "1/2", *options]) == 0
    assert fuzz.main(["--specs", "4", *options]) == 0
    assert given == ["1", "0", "2", "3"]


def test_a_crash_is_told_and_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = run_here(monkeypatch, crash_on="1")
    options = ["--seed", "1", "--backends", "numpy", "--log", str(tmp_path / "log")]
    assert fuzz.main(["--specs", "3", *options]) == 0
    assert given == ["0", "2"]
    assert "the process ended with -6" in capsys.readouterr().out
