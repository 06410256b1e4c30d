"""Small folders in the format of Fashion-MNIST."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_idx(path: Path, array: NDArray[Any]) -> None:
    """Write bytes as a gzipped idx file."""
    header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
    path.write_bytes(gzip.compress(header + array.tobytes()))


def write_folder(folder: Path, train: int, test: int) -> Path:
    """Write random images and labels."""
    random = np.random.default_rng(0)
    for half, size in (("train", train), ("t10k", test)):
        images = random.integers(0, 256, (size, 28, 28)).astype(np.uint8)
        write_idx(folder / f"{half}-images-idx3-ubyte.gz", images)
        labels = random.integers(0, 10, size).astype(np.uint8)
        write_idx(folder / f"{half}-labels-idx1-ubyte.gz", labels)
    return folder
