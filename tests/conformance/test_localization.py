"""Where a net begins to diverge is named, and shown again by a script."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from netspec import (
    BatchNorm,
    Dense,
    InitPolicy,
    InitRule,
    Layer,
    LeakyReLU,
    Normal,
    Residual,
    Spec,
)
from netspec.conformance import conform
from netspec.contract import Step
from tests.conformance.models import CNN, MLP, STEP
from tests.conformance.wrapped import Misreading, Wrapped


def leaky(layer: Layer) -> Layer:
    return replace(layer, slope=0.0101) if isinstance(layer, LeakyReLU) else layer


def halved(layer: Layer) -> Layer:
    return replace(layer, eps=2e-5) if isinstance(layer, BatchNorm) else layer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_first_divergent_layer_is_named(dtype: str) -> None:
    report = conform(CNN, Misreading(leaky), dtype, STEP)
    (found,) = (d for d in report.divergences if d.spec == "cnn")
    assert all("3.body.1 LeakyReLU" in suspect for suspect in found.suspects)
    assert {s.partition(":")[0] for s in found.suspects} == {"forward", "backward"}


def test_a_container_that_joins_wrongly_is_named_itself() -> None:
    class Join(Wrapped):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            step = super().step(model, spec, *given, **how)
            joins = any(isinstance(layer, Residual) for layer in spec.layers)
            return replace(step, output=step.output * 1.01) if joins else step

    report = conform(CNN, Join(), "float64", "outputs")
    (found,) = report.divergences
    assert found.suspects[0].startswith("forward: diverges at 3 Residual")


def test_rules_by_path_stay_with_the_whole_net() -> None:
    policy = InitPolicy(rules=[InitRule("1.body.0.weight", Normal(0.5))])
    body = Residual([Dense(4), LeakyReLU()])
    spec = Spec("ruled", (4,), [Dense(4), body, Dense(2)], policy)
    report = conform(spec, Misreading(leaky), "float64", "outputs")
    assert all("LeakyReLU" in row.spec or row.spec == "ruled" for row in report.bad)
    (found,) = (d for d in report.divergences if d.spec == "ruled")
    assert all("1.body.1 LeakyReLU" in suspect for suspect in found.suspects)


MINE = """
from dataclasses import replace
import netspec_torch

class Mine(type(netspec_torch.backend)):
    name = "mine"

    def step(self, *arguments, **how):
        step = super().step(*arguments, **how)
        return replace(step, output=step.output + 0.01)
"""


def test_a_script_shows_the_failure_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)
    report = conform(MLP, import_module("mine").Mine(), "float64", "outputs")
    for found in report.divergences:
        assert len(found.script.splitlines()) <= 30
    script = tmp_path / "again.py"
    script.write_text(found.script)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True
    )
    assert "output: fail" in done.stdout
    assert "grad 0.weight: pass" in done.stdout


class Unlike(Wrapped):
    """Trains, and exports, something else."""

    def train(self, *given: Any, **how: Any) -> Any:
        trained = self.inner.train(*given, **how)  # type: ignore[attr-defined]
        return replace(trained, losses=trained.losses * 2)

    def source(self, spec: Spec, **how: Any) -> str:
        return super().source(spec, **how).replace("LeakyReLU(", "LeakyReLU(0.5 + ")


@pytest.mark.parametrize("check", ["training", "source"])
def test_a_script_runs_the_check_that_failed(
    check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Spec("net", (3,), [Dense(2), LeakyReLU()])
    report = conform(spec, Unlike(), "float64", check)
    (found,) = report.divergences
    assert (found.check, found.mode, found.suspects) == (check, "", ())
    exec(compile(found.script, "again.py", "exec"), {})
    shown = capsys.readouterr().out
    rows = [f"{row.what}: {row.verdict}" for row in report.rows]
    assert shown.splitlines() == rows


NAMES = [
    'x"""\nraise SystemExit("ran")\n"""',
    "C:\\Users\\new",
    'it\'s "quoted"',
    "ends with \\",
    'ends with "',
    "\N{SNOWMAN} \ud800",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_text_in_scripts(name: str) -> None:
    class Wrong(Wrapped):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            step = super().step(model, spec, *given, **how)
            return replace(step, output=step.output + 1)

    backend = Wrong("numpy")
    backend.name = name
    Wrong.__name__ = "Wrong\nimport this"
    quotes = Spec('q"""\' \\', (3,), [Dense(2)])
    for found in conform(quotes, backend, "float64", "outputs").divergences:
        tree = ast.parse(found.script)
        assert name in str(ast.get_docstring(tree, clean=False))
        kinds = {type(part).__name__ for part in tree.body}
        assert kinds == {"Expr", "Import", "ImportFrom", "Assign"}
