"""The table of `make imports`: what judges can fail, and what is written is read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from netspec.errors import Obstacle
from tests.imports import light, table
from tests.imports.compared import compared, judged
from tests.imports.run import Line, said

ONE = np.array([[1.0, -2.0]])


def test_the_same_bits_are_told_from_nearly_the_same() -> None:
    assert judged(ONE, ONE.copy(), "float64").same
    near = judged(ONE * (1 + 1e-14), ONE, "float64")
    assert near.met
    assert not near.same


@pytest.mark.parametrize(
    "received", [ONE * 1.001, ONE * math.nan, ONE[:, :1], ONE * math.inf]
)
def test_what_is_far_or_malformed_is_not_met(received: np.ndarray) -> None:
    assert not judged(received, ONE, "float64").met


def test_what_is_written_is_read(tmp_path: Path) -> None:
    line = Line("onnx", "squeezenet", "yes", "3 x 32 x 32", "1,235,496", "1e-7", "1")
    other = Line("torchvision", "swin_t", said((Obstacle("", "aten.x", None, "a|b"),)))
    lines = {one[:2]: table.written(one) for one in (line, other)}
    table.write(lines, tmp_path / "TABLE.md")
    assert table.read(tmp_path / "TABLE.md") == lines
    assert table.read(tmp_path / "none") == {}


def test_the_reasons_are_a_few_and_each_once() -> None:
    problems = tuple(Obstacle(f"m{i}", f"op{i // 2}", None, "no") for i in range(12))
    assert said(problems) == "no: op0: no; op1: no; op2: no; and 3 more"


@pytest.mark.slow
def test_a_net_of_the_package_onnx() -> None:
    original = light.original("squeezenet", size=48)
    imported = original.read()
    assert original.shape == (3, 48, 48)
    assert imported.spec.output_shape == (1000, 1, 1)
    assert len(imported.params) == 52
    assert compared(original, imported).met


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet"]
)
def test_nets_of_the_package_onnx_come_in(name: str) -> None:
    from netspec import importing

    found = importing.onnx(light.file_of(name))
    assert found.spec.input_shape == (3, 224, 224)
    assert found.spec.output_shape[0] == 1000
    assert found.unused == ()
