"""Plots: what they show, and files that are whole or not there."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import netspec
from netspec import NetspecError, Normal, ReLU, Sigmoid, Spec
from netspec.signals import ProbeReport
from tests.signals.nets import deep


@pytest.fixture(scope="module")
def report() -> ProbeReport:
    net = deep(60, 64, ReLU)
    return netspec.probe(net, inits=["he", "Normal(1)", "Normal(0.001)"], batch=2)


def test_a_png_is_800_pixels_wide(report: ProbeReport, tmp_path: Path) -> None:
    path = tmp_path / "net.PNG"
    report.plot(path)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">I", content[16:20]) == (800,)


def test_an_svg_says_in_words_what_it_shows(
    report: ProbeReport, tmp_path: Path
) -> None:
    for name in ("a.svg", "b.svg"):
        report.plot(tmp_path / name)
    content = (tmp_path / "a.svg").read_text()
    assert (tmp_path / "b.svg").read_text() == content
    for found in report.propagations.values():
        assert f">{found.init}: {found.verdict.word}</text>" in content
    for said in ("healthy", "NaN", "0", "Normal(1) is NaN, Normal(0.001) is 0"):
        assert f">{said}" in content
    for said in ("Activations", "Gradient with respect to parameters", "numpy float32"):
        assert said in content


def test_a_plot_that_fails_leaves_the_file_alone(
    report: ProbeReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.png"
    path.write_text("before")

    from matplotlib.figure import Figure  # slow to import, and only here

    def fail(self: Figure, file: object, **options: object) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(RuntimeError, match="no ink"):
        report.plot(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_other_formats_are_refused(report: ProbeReport, tmp_path: Path) -> None:
    for name in ("net.pdf", "net", "png"):
        with pytest.raises(NetspecError, match=r"a plot is a \.png or an \.svg file"):
            report.plot(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "net", [Spec("one", (3,), [Sigmoid()]), deep(1, 1, None, Normal(0))]
)
def test_nets_with_little_to_draw(net: Spec, tmp_path: Path) -> None:
    found = netspec.probe(net)
    found.plot(tmp_path / "net.svg")
    assert f">spec: {found['spec'].verdict.word}<" in (tmp_path / "net.svg").read_text()
