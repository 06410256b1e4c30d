"""Models of torchvision for classification and segmentation, with weights drawn."""

from __future__ import annotations

from typing import Any

import torch

from netspec import importing
from netspec.importing import Imported
from tests.imports.originals import SIZES, Live, Missing, Original

DETERMINED = {"googlenet", "inception_v3"}  # draw slowly, unless told not to


def names() -> list[str]:
    """List the models.

    Raises:
        Missing: torchvision cannot be imported.
    """
    models = _models()
    return [
        *models.list_models(module=models),
        *models.list_models(module=models.segmentation),
    ]


def _models() -> Any:
    """Import torchvision, of whose compiled operations these models need none."""
    try:
        return _imported()
    except ImportError as error:
        raise Missing(f"torchvision cannot be imported: {error}") from None
    except RuntimeError:  # it is not compiled for this PyTorch
        _declare_nms()
        return _imported()


def _imported() -> Any:
    from torchvision import models

    return models


def _declare_nms() -> None:
    """Declare the operations without which its modules do not load."""
    said = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", said)


def original(name: str) -> Original:
    """Build a model at the smallest size that it takes.

    Raises:
        Missing: torchvision cannot be imported.
    """
    models = _models()
    torch.manual_seed(0)
    segments = name in models.list_models(module=models.segmentation)
    options: dict[str, Any] = {"weights_backbone": None} if segments else {}
    options |= {"init_weights": False} if name in DETERMINED else {}
    module = models.get_model(name, weights=None, **options).double().eval()
    draw(module)
    size = next(size for size in SIZES if _takes(module, size))
    shape = (3, size, size)

    def read() -> Imported:
        # of both modes where they are the same
        output = "out" if segments else None
        return importing.torch(module, shape, evaluation_only=True, output=output)

    return Original(shape, read, Live(module), "torch")


def draw(module: torch.nn.Module) -> None:
    """Draw running statistics, so that none is as it was first."""
    for one in module.modules():
        if isinstance(one, torch.nn.modules.batchnorm._BatchNorm):
            assert one.running_mean is not None
            assert one.running_var is not None
            one.running_mean.normal_(0, 0.1)
            one.running_var.uniform_(0.5, 1.5)


def _takes(module: torch.nn.Module, size: int) -> bool:
    try:
        with torch.no_grad():
            module(torch.zeros(1, 3, size, size, dtype=torch.float64))
    except (AssertionError, RuntimeError, ValueError):  # too small
        return False
    return True
