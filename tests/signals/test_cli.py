"""``netspec probe``: what it prints, writes and refuses."""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

import pytest

import netspec as ns
from netspec import Dense, Flatten, Normal, ReLU, Residual, Sigmoid, Spec
from netspec.signals import sparkline
from tests.command import Command, check_refused
from tests.signals.nets import deep


def test_one_init_gets_a_table_a_curve_and_a_verdict(
    netspec: Command, tmp_path: Path
) -> None:
    net = Spec("net", (8,), [Dense(8), Sigmoid(), Residual([Dense(8), ReLU()])])
    net.save(tmp_path / "net.yaml")
    code, out, err = netspec("probe", tmp_path / "net.yaml", "--backend", "torch")
    assert (code, err) == (0, "")
    title, *lines = out.splitlines()
    assert title == "net by depth: torch float32, batch 16, lr 0.01, seed 0"
    report = ns.probe(net, "torch")
    paths = [line.split()[0] for line in lines if re.match(r"\d\S* +[A-Z]", line)]
    assert paths == [row.path for row in report["spec"].rows]
    assert f"{report['spec'].row('1').output.std:.2g}" in out
    verdict = " ".join(out.split()).partition("spec: ")[2]
    assert verdict == str(report["spec"].verdict).replace(": ", ", ", 1)
    assert verdict.startswith("healthy, gradients of ")


def test_several_inits_stand_side_by_side_in_80_columns(
    netspec: Command, tmp_path: Path
) -> None:
    deep(60, 64, ReLU).save(tmp_path / "net.yaml")
    names = ["he", "Normal(1)", "Normal(0.01)", "XavierUniform(gain=1.6667)"]
    chosen = [word for name in names for word in ("--init", name)]
    code, out, _ = netspec("probe", tmp_path / "net.yaml", *chosen, "--batch", 4)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for word in ("he: healthy", "Normal(1): overflow", "Normal(0.01): vanishing"):
        assert word in out
    assert "of 120 layers; --all shows all" in out
    assert "\x1b" not in out
    every = netspec("probe", tmp_path / "net.yaml", *chosen, "--batch", 4, "--all").out
    assert len(every.splitlines()) > len(out.splitlines()) + 120
    first = ns.probe(deep(60, 64, ReLU), inits=names, batch=4)["Normal(1)"].first_nan
    assert re.search(rf"^{first} .*NaN", out, re.M)  # shown though it is between others


def test_json(netspec: Command, tmp_path: Path) -> None:
    net = deep(2, 4, ReLU, Normal(1))
    net.save(tmp_path / "net.yaml")
    chosen = ("--json", "--seed", 3, "--steps", 1, "--lr", 0.1, "--dtype", "float64")
    code, out, err = netspec("probe", tmp_path / "net.yaml", *chosen)
    assert (code, err) == (0, "")
    assert out == ns.probe(net, seed=3, steps=1, lr=0.1, dtype="float64").to_json()
    assert json.loads(out)["steps"] == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--init", "hee"), "unknown init 'hee'; did you mean 'he'"),
        (("--init", "Normal(std=0"), "reads neither as a preset"),
        (("--backend", "torhc"), "did you mean 'torch'"),
        (("--batch", 0), "batch must be"),
        (("--steps", "-1"), "steps must be"),
        (("--dtype", "half"), "dtype must be"),
        (("--plot", "net.pdf"), "a plot is a .png or an .svg file"),
        (("--plot", "missing/net.png"), "cannot be written"),
    ],
    ids=str,
)
def test_bad_input_is_one_line(
    netspec: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[object, ...],
    problem: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    deep(2, 4).save("net.yaml")
    check_refused(netspec("probe", "net.yaml", *options), problem)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.yaml"]


def test_a_jacobian_that_is_too_large(netspec: Command, tmp_path: Path) -> None:
    Spec("wide", (2000,), [Flatten(), Dense(1000)]).save(tmp_path / "net.yaml")
    outcome = netspec("probe", tmp_path / "net.yaml", "--jacobian")
    check_refused(outcome, "leave the Jacobian out")


def test_without_matplotlib(
    netspec: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    deep(2, 4).save(tmp_path / "net.yaml")
    plot = tmp_path / "net.png"
    outcome = netspec("probe", tmp_path / "net.yaml", "--plot", plot)
    check_refused(outcome, "a plot needs matplotlib")
    assert not plot.exists()


def test_sparklines() -> None:
    inf, nan = float("inf"), float("nan")
    assert sparkline([1, 9, 1e4, 1e7], 1, 1e8, 9) == "▁▁▅█"
    assert sparkline([1e8, 0, inf, nan], 1, 1e8, 9) == "█ ××"
    assert sparkline([1] * 50 + [1e8], 1, 1e8, 9) == "▁▁▁▁▁▁▁▁█"


def test_a_notebook_shows_what_is_printed() -> None:
    spec = Spec("net", (4,), [Dense(4), ReLU(), Dense(2)])
    shown = ns.probe(spec, "numpy")._repr_html_()
    assert shown.startswith("<pre")
    told = html.unescape(re.sub("<.*?>", "", shown))
    assert "net by depth: numpy" in told
    assert "healthy" in told
    assert all(path in told for path in spec.shapes())
