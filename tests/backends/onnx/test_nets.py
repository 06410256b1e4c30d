"""Nets of the examples as ONNX models: exported, checked, run, and proved small."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import netspec as ns
from nets import bilstm_classifier, gpt2, resnet18, unet, vit_b16
from netspec import Spec

pytest.importorskip("onnxruntime")
netspec_onnx = pytest.importorskip("netspec_onnx")
onnx = pytest.importorskip("onnx")


def resnet20() -> Spec:
    """ResNet-20 for CIFAR-10, of blocks of two convolutions."""

    def conv(channels: int, stride: int = 1) -> list[ns.Layer]:
        of_3 = ns.Conv2D(channels, 3, stride=stride, padding=1, bias=False)
        return [of_3, ns.BatchNorm()]

    def block(channels: int, stride: int) -> list[ns.Layer]:
        body = [*conv(channels, stride), ns.ReLU(), *conv(channels)]
        match = [ns.Conv2D(channels, 1, stride=stride, bias=False), ns.BatchNorm()]
        shortcut = match if stride > 1 else None
        return [ns.Residual(body, shortcut=shortcut), ns.ReLU()]

    sizes = [(n, 1 + (n > 16 and i == 0)) for n in (16, 32, 64) for i in range(3)]
    stages = [one for channels, stride in sizes for one in block(channels, stride)]
    layers = [*conv(16), ns.ReLU(), *stages, ns.GlobalAvgPool2D(), ns.Dense(10)]
    return Spec("resnet20", (3, 32, 32), layers)


NETS: dict[str, Callable[[], Spec]] = {
    "resnet20": resnet20,
    "resnet18": lambda: resnet18((3, 32, 32), 5, 0.125),
    "gpt": lambda: gpt2((12,), 31, 1 / 24, heads=4, blocks=2, positions=16),
    "lstm": lambda: bilstm_classifier(9, 31, width=1 / 8),
    "unet": lambda: unet((1, 32, 32), 2, 1 / 16, depth=2, padding="same"),
    "vit": lambda: vit_b16((3, 32, 32), 5, 1 / 24, patch=8, heads=4, blocks=2),
}


@pytest.mark.parametrize("name", NETS)
def test_the_outputs_of_a_net_conform(name: str) -> None:
    spec = NETS[name]()
    model = netspec_onnx.backend.compile(spec, seed=0)
    onnx.checker.check_model(model, full_check=True)
    dtypes = ("float32",) if name == "resnet20" else ("float32", "float64")
    report = ns.conform(spec, netspec_onnx.backend, dtypes, "outputs")
    assert not report.bad, [str(row) for row in report.bad]


@pytest.mark.parametrize("length", [1, 5])
def test_a_gpt_takes_any_number_of_texts(length: int) -> None:
    spec = NETS["gpt"]()
    backend = netspec_onnx.backend
    model = backend.compile(spec, seed=0)
    tokens = np.arange(12 * length).reshape(length, 12) % 31
    together = backend.forward(model, spec, tokens)
    assert np.allclose(
        together[:1], backend.forward(model, spec, tokens[:1]), atol=1e-5
    )
