"""PyTorch against the reference: every layer, both modes, both dtypes."""

from __future__ import annotations

import pytest

import netspec
from netspec import Spec
from netspec.conformance import agree, draw_single, single_layers


@pytest.mark.parametrize("spec", single_layers().values(), ids=single_layers())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("train", [True, False], ids=["train", "evaluate"])
def test_layer(spec: Spec, dtype: str, train: bool) -> None:
    case = draw_single(spec, train=train, dtype=dtype)
    agreement = agree(netspec.backend("torch"), case)
    assert agreement.passed, str(agreement)
