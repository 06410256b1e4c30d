"""Fashion-MNIST from its four idx files, or scikit-learn's digits in their place.

Fashion-MNIST: Xiao, Rasul and Vollgraf (2017), 60,000 training and 10,000 test images
of 28 x 28 gray levels in ten classes. Nothing is downloaded here: `make data` installs
Debian's package, and any folder with the four files can be named.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netspec import NetspecError

Array = NDArray[Any]

CLASSES = 10
SIDE = 28
FASHION_MNIST, DIGITS = "Fashion-MNIST", "scikit-learn's digits"
VARIABLE = "FASHION_MNIST"
FOLDERS = (
    Path("/usr/share/datasets/fashion-mnist"),  # Debian's dataset-fashion-mnist
    Path(__file__).parents[1] / "out/fashion-mnist",  # the same, unpacked
)
TRAIN, TEST = "train", "t10k"


class DataError(NetspecError):
    """The images cannot be read; the message says which file and why."""


class Dataset(NamedTuple):
    """Images and labels; or windows of text, of which prose.py says what they hold.

    Attributes:
        name: what they show.
        train_x: float32 (examples, 784), standardized by the training images.
        train_y: int64 (examples,), classes from 0 to 9.
        test_x: as `train_x`.
        test_y: as `train_y`.
    """

    name: str
    train_x: Array
    train_y: Array
    test_x: Array
    test_y: Array

    @property
    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """The four arrays."""
        return self.train_x, self.train_y, self.test_x, self.test_y

    def reshaped(self, shape: Sequence[int]) -> Dataset:
        """Give the images as arrays of another shape.

        Raises:
            DataError: the shape does not hold 784 values.
        """
        if math.prod(shape) != SIDE * SIDE:
            raise DataError(
                f"the images have {SIDE} x {SIDE} pixels, but the spec's input_shape is"
                f" {tuple(shape)}; use (784,) or (1, 28, 28)"
            )
        return self._replace(
            train_x=self.train_x.reshape(-1, *shape),
            test_x=self.test_x.reshape(-1, *shape),
        )


def load(folder: str | os.PathLike[str] | None = None) -> Dataset:
    """Fashion-MNIST from a folder, or the digits where there is none.

    Args:
        folder: holds the four .gz files; else the environment variable FASHION_MNIST,
            else where the Debian package puts them.

    Raises:
        DataError: a folder was named, or found, and its files cannot be used.
    """
    named = folder or os.environ.get(VARIABLE)
    if named:
        return fashion_mnist(Path(named))
    found = next((place for place in FOLDERS if place.is_dir()), None)
    return fashion_mnist(found) if found else digits()


def fashion_mnist(folder: Path) -> Dataset:
    """Read the four files.

    Raises:
        DataError: one is missing, damaged, or not what its name says.
    """
    halves = {half: _read_half(folder, half) for half in (TRAIN, TEST)}
    return _dataset(FASHION_MNIST, *halves[TRAIN], *halves[TEST])


def digits() -> Dataset:
    """1,797 handwritten digits of 8 x 8 pixels, enlarged three times and framed with
    zeros to 28 x 28, every fourth one for testing.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    large = np.kron(images.reshape(-1, 8, 8), np.ones((1, 3, 3)))
    framed = np.pad(large, ((0, 0), (2, 2), (2, 2)))
    test = np.arange(len(labels)) % 4 == 0
    train = ~test
    return _dataset(DIGITS, framed[train], labels[train], framed[test], labels[test])


def read_idx(path: Path, shape: tuple[int, ...]) -> Array:
    """Read the bytes of a gzipped idx file (LeCun's format: two zero bytes, type code
    8, rank, then each size as a big-endian 32-bit integer).

    Args:
        path: of the file.
        shape: expected sizes after the first axis.

    Raises:
        DataError: the file is missing, damaged, or of another type or shape.
    """
    content = _unzip(path)
    rank = 1 + len(shape)
    start = 4 * (1 + rank)
    if len(content) < start or content[:4] != bytes((0, 0, 8, rank)):
        raise DataError(
            f"{path}: must start with the idx magic number {bytes((0, 0, 8, rank))!r}"
            f" (bytes, rank {rank}), received {content[:4]!r}"
        )
    sizes = tuple(int(n) for n in np.frombuffer(content, ">u4", rank, offset=4))
    if sizes[1:] != shape:
        raise DataError(f"{path}: examples must have shape {shape}, have {sizes[1:]}")
    if len(content) - start != math.prod(sizes):
        raise DataError(
            f"{path}: must hold {math.prod(sizes)} values as its header says, holds"
            f" {len(content) - start}; fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(sizes)


def _unzip(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole .gz file ({error})") from None
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read: {error.strerror}; run `make data`, or name the"
            " folder of the four .gz files"
        ) from None


def _read_half(folder: Path, half: str) -> tuple[Array, Array]:
    images = read_idx(folder / f"{half}-images-idx3-ubyte.gz", (SIDE, SIDE))
    labels = read_idx(folder / f"{half}-labels-idx1-ubyte.gz", ())
    if len(images) != len(labels) or not len(labels):
        raise DataError(
            f"{folder}: {half} must have one label for each image, has {len(images)}"
            f" images and {len(labels)} labels"
        )
    if labels.max() >= CLASSES:
        raise DataError(f"{folder}: {half} labels must be 0 to 9, has {labels.max()}")
    return images, labels


def _dataset(
    name: str, train_x: Array, train_y: Array, test_x: Array, test_y: Array
) -> Dataset:
    mean, std = np.float32(train_x.mean()), np.float32(train_x.std())

    def standardize(images: Array) -> Array:
        flat = images.reshape(len(images), -1).astype(np.float32)
        return (flat - mean) / std

    return Dataset(
        name,
        standardize(train_x),
        train_y.astype(np.int64),
        standardize(test_x),
        test_y.astype(np.int64),
    )
