"""Exports make what repeats in one place."""

from __future__ import annotations

import re

import netspec
from netspec import layers as nl
from netspec.contract import Backend
from netspec.layers import Layer
from netspec.spec import Spec

STEM = nl.Conv2D(4, kernel_size=1)  # behind it, JAX has the channels last
BODY = [nl.Conv2D(4, kernel_size=3, padding=1), nl.BatchNorm(), nl.ReLU()]
BLOCK = nl.Residual([*BODY, *BODY])
LOOP = "*[block() for _ in range(3)]"


def net(*layers: Layer) -> Spec:
    return Spec("net", (4, 6, 6), [STEM, *layers])


def folded(backend: Backend, *layers: Layer) -> str:
    return backend.source(net(*layers), dtype="float32")


def model(text: str) -> str:
    """The part of a file that makes the model."""
    return re.split(r"\n(?=def )", text.partition("\ndef build")[2])[0]


def test_a_block_in_a_row_is_made_in_a_loop(backend: Backend) -> None:
    for layers in ([BLOCK] * 3, [nl.Residual([BLOCK] * 3)]):
        text = folded(backend, *layers)
        assert text.count("atch_norm(4)" if backend.name == "jax" else "BatchNorm") == 2
        assert LOOP in model(text)


def test_a_repeat_is_folded_as_blocks_written_out_are(backend: Backend) -> None:
    written = nl.Sequential([nl.Sequential([BLOCK, nl.Tanh()])] * 3)
    repeated = folded(backend, nl.Repeat([BLOCK, nl.Tanh()], 3))
    assert model(repeated) == model(folded(backend, written))
    assert LOOP in model(repeated)


def test_a_block_with_others_between_is_used_by_name(backend: Backend) -> None:
    text = model(folded(backend, BLOCK, nl.Tanh(), BLOCK, nl.ReLU()))
    assert len(re.findall(r"\bblock\(\)", text)) == 2


def test_a_block_and_what_follows_it_are_made_in_a_loop(backend: Backend) -> None:
    text = model(folded(backend, *[BLOCK, nl.Tanh()] * 3))
    assert text.count("block()") == 1
    assert "range(3)" in text or "] * 3" in text


def wide(channels: int) -> Layer:
    conv = nl.Conv2D(channels, kernel_size=3, padding=1)
    shortcut = nl.Conv2D(channels, kernel_size=1)
    return nl.Residual([conv, *BODY[1:], conv], shortcut=[shortcut, nl.BatchNorm()])


def test_blocks_that_differ_in_numbers_are_one_function(backend: Backend) -> None:
    layers = [wide(6), nl.Tanh(), wide(7), nl.ReLU(), wide(9)]
    text = folded(backend, *layers)
    assert text.count("def block(") == 1
    assert model(text).count(" block(") == 3
    report = netspec.conform(net(*layers), backend.name, "float32", "source")
    assert report.verdict == "PASSED", report.bad


def test_blocks_that_differ_otherwise_are_written_out(backend: Backend) -> None:
    leaky = [nl.Residual([*BODY, nl.LeakyReLU(slope)]) for slope in (0.1, 0.2)]
    assert "block" not in model(folded(backend, *leaky))


def test_small_and_distant_things_are_written_out(backend: Backend) -> None:
    plain = folded(backend, *[nl.Conv2D(4, kernel_size=1), nl.Tanh()] * 2)
    apart = folded(backend, nl.Sequential([BLOCK]), nl.Residual([BLOCK]))
    assert "block" not in model(plain)
    assert "block" not in model(apart)


def test_several_blocks_are_numbered() -> None:
    other = nl.Residual([*BODY, nl.Tanh(), *BODY])
    text = folded(netspec.backend("torch"), BLOCK, BLOCK, other, other)
    assert "block1(),\n        block1(),\n        block2(),\n        block2()," in text


def test_layers_in_a_row_share_a_line() -> None:
    text = folded(netspec.backend("torch"), *[nl.Dense(6)] * 4, nl.Flatten())
    assert "*[nn.Linear(6, 6) for _ in range(4)]," in text
    assert "range" not in model(folded(netspec.backend("torch"), *[nl.Dense(6)] * 3))
