"""The kit for authors of backends: three lines, and deviations that must be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import netspec.conformance.kit
import netspec_torch  # noqa: F401 (a run within this process cannot import it twice)
from netspec import conformance
from netspec.conformance.report import Row
from netspec.contract import Availability

pytest_plugins = ["pytester"]

KIT = """
import netspec
from netspec import BatchNorm, Dense, LeakyReLU, Spec
from netspec.conformance.kit import BackendConformance
from tests.conformance.wrapped import Misreading, Refusing

def leaky(layer):
    return LeakyReLU(0.0101) if isinstance(layer, LeakyReLU) else layer

def layers():
    found = [Spec("leaky", (5,), [LeakyReLU()]), Spec("dense", (5,), [Dense(3)])]
    return {{spec.name: spec for spec in found}}

class TestMine(BackendConformance):
    backend = {backend}
    layers = staticmethod(layers)
    nets = staticmethod(dict)
    deviations = {deviations}
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, pytestconfig: pytest.Config) -> Run:
    pytester.syspathinsert(pytestconfig.rootpath)

    def run(backend: str, deviations: str | None = None) -> pytest.RunResult:
        path = None
        if deviations is not None:
            path = str(pytester.makefile(".yaml", deviations=deviations))
        pytester.makepyfile(KIT.format(backend=backend, deviations=repr(path)))
        return pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-rs")

    return run


def test_a_sound_backend_passes(run: Run) -> None:
    result = run("'torch'")
    result.assert_outcomes(passed=9)
    result.stdout.fnmatch_lines(["*netspec conformance*", "torch: 24 pass"])


def test_a_report_for_other_programs_is_no_warning(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\naddopts = --junit-xml=report.xml -W error\n")
    run("'torch'").assert_outcomes(passed=9)


def test_a_wrong_layer_fails(run: Run) -> None:
    result = run("Misreading(leaky)")
    result.assert_outcomes(passed=5, failed=4)
    result.stdout.fnmatch_lines(["*output: fail: used/allowed*"])


def test_a_declared_deviation_is_an_expected_failure(run: Run) -> None:
    deviations = "'* leaky *': it has a slope of its own"
    run("Misreading(leaky)", deviations).assert_outcomes(passed=5, xfailed=4)


def test_a_deviation_that_is_none_fails(run: Run) -> None:
    run("'torch'", "'* leaky *': not so").assert_outcomes(passed=5, failed=4)


def test_a_deviation_that_is_refused_now_fails(run: Run) -> None:
    run("Refusing(LeakyReLU)").assert_outcomes(passed=5, skipped=4)
    deviations = "'* leaky *': it has a slope of its own"
    run("Refusing(LeakyReLU)", deviations).assert_outcomes(passed=5, failed=4)


def test_what_is_undecided_is_a_skip_with_the_reason(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def undecided(unit: Any) -> list[Row]:
        first, *rest = conformance.run(unit)
        verdict = replace(first.verdict, status="inconclusive", reason="on a kink")
        return [replace(first, verdict=verdict), *rest]

    monkeypatch.setattr(netspec.conformance.kit, "run", undecided)
    result = run("'numpy'")
    result.assert_outcomes(passed=1, skipped=8)
    result.stdout.fnmatch_lines(["*on a kink*"])


DEEP = """
from netspec.conformance.kit import BackendConformance
from tests.conformance.test_weak import DEEP

class TestDeep(BackendConformance):
    backend = "numpy"
    layers = staticmethod(dict)
    nets = staticmethod(lambda: {{"deep": DEEP}})
    dtypes = {dtypes}
"""


@pytest.mark.parametrize(
    ("dtypes", "outcome"),
    [(("float32", "float64"), {"passed": 2}), (("float32",), {"skipped": 1})],
)
def test_a_weak_verdict_counts_where_float64_is_asked(
    pytester: pytest.Pytester,
    pytestconfig: pytest.Config,
    dtypes: tuple[str, ...],
    outcome: dict[str, int],
) -> None:
    pytester.syspathinsert(pytestconfig.rootpath)
    pytester.makepyfile(DEEP.format(dtypes=dtypes))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-k", "gradients")
    result.assert_outcomes(**outcome, deselected=result.parseoutcomes()["deselected"])


def test_a_deviation_that_matches_nothing_fails(run: Run) -> None:
    result = run("'torch'", "'* tanh *': there is none")
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(["*no test has an id that matches*tanh*"])


@pytest.mark.parametrize("deviations", ["- a list", "'* leaky *': ''", "'x': 3"])
def test_a_deviation_needs_a_reason(run: Run, deviations: str) -> None:
    result = run("'torch'", deviations)
    result.stdout.fnmatch_lines(["*must map test ids*to the reason*"])
    assert result.ret != pytest.ExitCode.OK


def test_a_missing_framework_is_a_skip_that_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Availability("torch", "torch", None, "pip install torch")
    kit = netspec.conformance.kit
    monkeypatch.setattr(kit, "backends", lambda: {"torch": missing})
    result = run("'torch'")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*torch is not installed; run pip install torch*"])
