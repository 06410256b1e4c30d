"""What is repaired in onnx's evaluator is wrong there, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

import netspec as ns
from netspec import Spec
from netspec import layers as nl
from netspec.layers import Layer, Shape

reference = pytest.importorskip("onnx.reference")
netspec_onnx = pytest.importorskip("netspec_onnx")
BACKEND = netspec_onnx.backend

SHOWN: dict[str, tuple[Shape, Layer]] = {
    "LRN": ((4, 3, 2), nl.LocalResponseNorm(3, alpha=2.7)),
    "Erf": ((4,), nl.GELU()),
    "GlobalMaxPool": ((4, 5), nl.GlobalMaxPool1D(keepdims=True)),
    "ConvTranspose": ((4, 5), nl.ConvTranspose1D(4, 3, groups=2)),
    "RNN": ((4, 3), nl.RNN(2, activation="relu")),
}

RAISES: dict[str, tuple[type[Exception], ...]] = {
    "ConvTranspose": (RuntimeError, ValueError),
    "RNN": (RuntimeError,),
}


def test_every_repair_is_shown() -> None:
    assert {kind.__name__ for kind in netspec_onnx.REPAIRS} == {*SHOWN}
    assert all(netspec_onnx.REPAIRS.values())


@pytest.mark.parametrize("operator", SHOWN)
def test_the_evaluator_is_still_wrong(operator: str) -> None:
    shape, shown = SHOWN[operator]
    spec = Spec("shown", shape, [shown])
    model = BACKEND.compile(spec, seed=0, dtype="float64")
    assert operator in {node.op_type for node in model.graph.node}
    x = np.random.default_rng(0).normal(size=(2, *shape))
    numpy = ns.backend("numpy")
    right = numpy.forward(numpy.compile(spec, seed=0, dtype="float64"), spec, x)
    assert np.allclose(BACKEND.forward(model, spec, x), right, rtol=1e-6, atol=1e-12)
    evaluator = reference.ReferenceEvaluator
    if operator in RAISES:
        with pytest.raises(RAISES[operator]):
            evaluator(model).run(None, {"input": x})
        return
    (found,) = evaluator(model).run(None, {"input": x})
    assert found.shape != right.shape or np.abs(found - right).max() > 1e-9
