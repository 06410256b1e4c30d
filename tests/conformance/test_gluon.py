"""Gluon against the reference: every layer, both modes, both dtypes. What Gluon cannot
have is refused with a reason; tests/gluon/test_compile.py lists exactly that.
"""

from __future__ import annotations

import pytest

import netspec
from netspec import BackendError, Spec
from netspec.conformance import agree, draw_single, single_layers

pytest.importorskip("netspec_gluon", reason="MXNet has no wheel for this system")


@pytest.mark.parametrize("spec", single_layers().values(), ids=single_layers())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("train", [True, False], ids=["train", "evaluate"])
def test_layer(spec: Spec, dtype: str, train: bool) -> None:
    backend = netspec.backend("gluon")
    case = draw_single(spec, train=train, dtype=dtype)
    try:
        agreement = agree(backend, case)
    except BackendError as error:
        pytest.skip(str(error))
    assert agreement.passed, str(agreement)
