"""Keras against the reference, on JAX in this process, a sample of the catalog; all of
it, on JAX or on PyTorch:

    python -m tests.conformance.test_keras keras
    python -m tests.conformance.test_keras keras-torch
"""

from __future__ import annotations

import sys

import pytest

import netspec
from netspec.conformance import conform, plan, run
from netspec.conformance.cases import single_layers, whole_nets
from netspec.conformance.kit import BackendConformance
from netspec.layers import Dense, Dropout
from netspec.spec import Spec

EVERY = 24
KNOWN = netspec.backends()


def sample() -> dict[str, Spec]:
    """One layer of so many, the same ones always."""
    return dict([*single_layers().items()][::EVERY])


def nothing() -> dict[str, Spec]:
    """No whole nets."""
    return {}


class TestKeras(BackendConformance):
    """Whole nets are too slow for every day; the command above has them."""

    backend = "keras"
    layers = staticmethod(sample)
    nets = staticmethod(nothing)
    dtypes = ("float32",)

    @pytest.fixture(autouse=True)
    def _registered(self) -> None:
        if "keras" not in KNOWN or not KNOWN["keras"].installed:
            pytest.skip("Keras is not installed")


@pytest.mark.slow
def test_each_engine_has_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if "keras-torch" not in KNOWN or not KNOWN["keras-torch"].installed:
        pytest.skip("Keras is not installed")
    net = Spec("net", (3,), [Dense(4), Dropout(0.5)])
    names, checks = ["keras", "keras-torch"], ["outputs"]
    report = conform(net, names, ["float64", "float32"], checks, isolate=True)
    for name in names:
        rows = [row for row in report.rows if row.backend == name]
        of_float32 = {row.verdict.status for row in rows if row.dtype == "float32"}
        of_float64 = {row.verdict.status for row in rows if row.dtype == "float64"}
        assert (of_float32, of_float64) == ({"pass"}, {"unsupported"})


def main(name: str) -> int:
    """Print what fails, of everything; 1 if anything does."""
    failed = 0
    everything = [*single_layers().values(), *whole_nets().values()]
    for unit in plan(everything, name, "float32"):
        for row in run(unit):
            if row.verdict.status in ("fail", "inconclusive"):
                failed += 1
                sys.stdout.write(f"{row}\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
