"""JAX against the reference: every layer, both modes, both dtypes."""

from __future__ import annotations

import pytest

from netspec import Spec
from netspec.conformance import agree, draw_single, single_layers
from netspec_jax import backend


@pytest.mark.parametrize("spec", single_layers().values(), ids=single_layers())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("train", [True, False], ids=["train", "evaluate"])
def test_layer(spec: Spec, dtype: str, train: bool) -> None:
    agreement = agree(backend, draw_single(spec, train=train, dtype=dtype))
    assert agreement.passed, str(agreement)
