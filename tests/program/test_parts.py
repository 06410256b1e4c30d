"""Parts of a net that have a name are made by functions of that name, where they would
stand too far in to be read.
"""

from __future__ import annotations

import ast

import pytest

import nets
from netspec import backend

FRAMEWORKS = ("flax", "gluon", "jax", "torch")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_deep_net_is_made_of_named_parts(name: str) -> None:
    text = backend(name).source(nets.unet())
    made = {found.name for found in ast.parse(text).body if hasattr(found, "name")}
    assert {"level2", "level4", "block"} <= made
    assert max(len(line) - len(line.lstrip()) for line in text.splitlines()) < 60


def test_a_flat_net_is_written_in_one_place() -> None:
    text = backend("torch").source(nets.resnet18())
    assert "def stage1" not in text
    assert "a part of the network" not in text
