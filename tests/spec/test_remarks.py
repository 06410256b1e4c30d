"""What `netspec show` warns of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import netspec as ns
from netspec.spec import Spec, remarks
from tests.command import Command

CONV = ns.Conv2D(4, 3)
SAID = "2 Dense acts on the last axis, 4 positions, for each of 4 x 4; put Flatten()"


def said(layers: Sequence[ns.Layer], shape: ns.Shape = (3, 6, 6)) -> list[str]:
    return remarks(Spec("net", shape, layers).graph)


@pytest.mark.parametrize(
    "layers",
    [
        [CONV, ns.ReLU(), ns.Dense(5)],
        [CONV, ns.BatchNorm(), ns.Dense(5)],
        [CONV, ns.ChannelDropout(0.5), ns.Dense(5)],
        [ns.Identity(), CONV, ns.Dense(5)],
        [ns.Identity(), ns.Sequential([CONV, ns.Tanh()]), ns.Dense(5)],
        [CONV, ns.Residual([ns.Conv2D(4, 1), ns.ReLU()]), ns.Dense(5)],
    ],
)
def test_dense_on_positions_is_told(layers: Sequence[ns.Layer]) -> None:
    (remark,) = said(layers)
    assert remark.startswith(SAID)
    assert "or GlobalAvgPool2D() before it" in remark


@pytest.mark.parametrize(
    "layers",
    [
        [CONV, ns.Flatten(), ns.Dense(5)],
        [CONV, ns.GlobalAvgPool2D(), ns.Dense(5)],
        [CONV, ns.Permute((2, 3, 1)), ns.LayerNorm(), ns.Dense(5)],
        [ns.Dense(5), ns.ReLU(), ns.Dense(5)],
        [ns.LayerNorm(), ns.Dense(5)],
    ],
)
def test_what_is_meant_is_not(layers: Sequence[ns.Layer]) -> None:
    assert said(layers) == []


def test_show_warns(netspec: Command, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    Spec("net", (3, 6, 6), [CONV, ns.ReLU(), ns.Dense(5)]).save(path)
    code, _, err = netspec("show", path)
    assert (code, err.startswith(f"warning: {SAID}")) == (0, True)
    assert json.loads(netspec("show", path, "--json").out)["warnings"][0] in err
