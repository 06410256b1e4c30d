"""Models of Gluon's zoo, with weights drawn, exported to files and read from them."""

from __future__ import annotations

import atexit
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import netspec
from netspec import importing
from netspec.errors import BackendNotInstalled
from netspec.importing import Imported
from tests.imports.originals import SIZES, Live, Missing, Original

NAMES = (
    *("alexnet", "densenet121", "densenet161", "densenet169", "densenet201"),
    "inceptionv3",
    *(f"mobilenet{width}" for width in ("0.25", "0.5", "0.75", "1.0")),
    *(f"mobilenetv2_{width}" for width in ("0.25", "0.5", "0.75", "1.0")),
    *(f"resnet{depth}_v{v}" for depth in (18, 34, 50, 101, 152) for v in (1, 2)),
    *("squeezenet1.0", "squeezenet1.1"),
    *(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")),
)


def names() -> list[str]:
    """List the models.

    Raises:
        Missing: MXNet is not installed.
    """
    try:
        netspec.backend("gluon")
    except BackendNotInstalled as error:
        raise Missing(str(error)) from None
    return list(NAMES)


def original(name: str) -> Original:
    """Build a model at the smallest size that it takes."""
    names()
    size, block = next(
        (size, block) for size in SIZES if (block := _built(name, size)) is not None
    )
    shape = (3, size, size)

    folder = Path(mkdtemp())
    atexit.register(rmtree, folder, ignore_errors=True)
    block.export(str(folder / "net"))
    files = folder / "net-symbol.json", folder / "net-0000.params"

    def read() -> Imported:
        return importing.mxnet(*files, shape)

    return Original(shape, read, Live(files), "torch")


def _built(name: str, size: int) -> Any:
    """Build a block, whose first batch decides its shapes; None where that is too
    small.
    """
    import mxnet as mx
    from mxnet.gluon.model_zoo import vision

    mx.random.seed(0)
    block = vision.get_model(name)
    block.cast("float64")
    block.initialize(mx.init.Xavier())
    block.hybridize()
    try:
        block(mx.nd.zeros((1, 3, size, size), dtype="float64")).asnumpy()
    except (mx.MXNetError, ValueError):  # the latter where a shape is not inferred
        return None
    for path, held in block.collect_params().items():
        if path.endswith(("running_mean", "beta")):
            held.set_data(mx.nd.random.normal(0, 0.1, held.shape, "float64"))
        elif path.endswith(("running_var", "gamma")):
            held.set_data(mx.nd.random.uniform(0.5, 1.5, held.shape, "float64"))
    return block
