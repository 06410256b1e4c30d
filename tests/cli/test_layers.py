"""``netspec layers``."""

from __future__ import annotations

import json

import pytest

from netspec.layers import LAYERS, elsewhere
from tests.command import Command, check_refused

OURS = [n for n in LAYERS if LAYERS[n].__module__.startswith("netspec.")]


def test_all_layers_are_listed(netspec: Command) -> None:
    code, out, err = netspec("layers")
    assert (code, err) == (0, "")
    for name in OURS:
        assert f"\n{name}(" in f"\n{out}"
    assert "Conv2D(channels, kernel_size, *, stride=" in out
    assert "(*, in) to (*, units)" in out
    for name in elsewhere()["Dense"].values():
        assert name in out


def test_every_layer_states_its_shapes(netspec: Command) -> None:
    found = json.loads(netspec("layers", "--json").out)
    stated = {layer["name"]: layer["shapes"] for layer in found}
    assert not [name for name in OURS if stated[name] == "not stated"]
    missing = [
        f"{layer['name']}.{name}"
        for layer in found
        if layer["name"] in OURS
        for name, field in layer["fields"].items()
        if not field["meaning"]
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Dense", "Dense"),
        ("dense", "Dense"),
        ("Linear", "Dense"),
        ("nn.Linear", "Dense"),
        ("DropPath", "StochasticDepth"),
        ("SpatialDropout2D", "ChannelDropout"),
        ("Embed", "Embedding"),
    ],
)
def test_a_layer_is_found_by_its_names(
    netspec: Command, asked: str, shown: str
) -> None:
    code, out, _ = netspec("layers", asked)
    assert code == 0
    assert out.startswith(f"{shown}(")
    for name in elsewhere()[shown].values():
        assert name in out


def test_one_layer_is_shown_with_its_fields(netspec: Command) -> None:
    out = netspec("layers", "BatchNorm").out
    assert "decay: a number with 0 <= decay < 1" in out
    assert "weight of the **old** value" in out
    assert "statistics: one of 'running', 'frozen', 'batch' (default 'running')" in out


def test_what_there_is_not_is_refused(netspec: Command) -> None:
    check_refused(netspec("layers", "Dens"), "did you mean 'Dense'?")
    check_refused(netspec("layers", "ConvLSTM2D"), "there is none here")
