"""The idx reader of examples/data.py, and the images in place of Fashion-MNIST."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import data
from tests.examples.fashion import write_folder, write_idx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path, train=40, test=20)


def test_idx_files_are_read_as_written(tmp_path: Path) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    write_idx(tmp_path / "a.gz", array)
    np.testing.assert_array_equal(data.read_idx(tmp_path / "a.gz", (3, 4)), array)


def test_named_folder_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_argument = data.load(folder)
    monkeypatch.setenv(data.VARIABLE, str(folder))
    by_variable = data.load()
    assert by_argument.name == by_variable.name == data.FASHION_MNIST
    assert by_argument.train_x.shape == (40, 784)
    assert by_argument.test_x.shape == (20, 784)
    np.testing.assert_array_equal(by_argument.train_x, by_variable.train_x)


def test_training_images_are_standardized(folder: Path) -> None:
    images = data.load(folder).train_x
    assert images.dtype == np.float32
    assert abs(float(images.mean(dtype=np.float64))) < 1e-6
    assert abs(float(images.std(dtype=np.float64)) - 1) < 1e-6


def test_digits_stand_in_where_there_is_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(data.VARIABLE, raising=False)
    monkeypatch.setattr(data, "FOLDERS", (tmp_path / "absent",))
    images = data.load()
    assert images.name == data.DIGITS
    assert images.train_x.shape == (1347, 784)
    assert images.test_x.shape == (450, 784)
    assert set(images.train_y) == set(images.test_y) == set(range(10))


def test_digits_are_enlarged_not_resampled() -> None:
    first = data.digits().test_x[0].reshape(28, 28)
    framed = first[2:-2, 2:-2].reshape(8, 3, 8, 3)
    np.testing.assert_array_equal(framed, framed[:, :1, :, :1] + np.zeros((1, 3, 1, 3)))
    assert len(np.unique(first[[0, 1, -2, -1]])) == 1


def test_images_take_the_shape_of_the_spec(folder: Path) -> None:
    images = data.load(folder).reshaped((1, 28, 28))
    assert images.train_x.shape == (40, 1, 28, 28)
    with pytest.raises(data.DataError, match=r"28 x 28 pixels.*\(1, 32, 32\)"):
        images.reshaped((1, 32, 32))


LABELS = "train-labels-idx1-ubyte.gz"
IMAGES = "t10k-images-idx3-ubyte.gz"


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def shorten(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))


DAMAGES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": (IMAGES, Path.unlink, "No such file.*make data"),
    "no gzip": (IMAGES, lambda path: path.write_bytes(b"<html>"), "not a whole .gz"),
    "truncated": (IMAGES, truncate, "not a whole .gz"),
    "short": (IMAGES, shorten, "must hold 15680 values.*holds 15679"),
    "empty": (
        IMAGES,
        lambda path: path.write_bytes(gzip.compress(b"")),
        "idx magic number",
    ),
    "labels as images": (
        IMAGES,
        lambda path: write_idx(path, np.zeros(20, np.uint8)),
        "idx magic number.*rank 3",
    ),
    "other size": (
        IMAGES,
        lambda path: write_idx(path, np.zeros((20, 32, 32), np.uint8)),
        r"shape \(28, 28\), have \(32, 32\)",
    ),
    "other count": (
        LABELS,
        lambda path: write_idx(path, np.zeros(39, np.uint8)),
        "40 images and 39 labels",
    ),
    "eleven classes": (
        LABELS,
        lambda path: write_idx(path, np.full(40, 10, np.uint8)),
        "must be 0 to 9, has 10",
    ),
}


@pytest.mark.parametrize(("name", "damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_damaged_files_are_named(
    folder: Path, name: str, damage: Callable[[Path], object], message: str
) -> None:
    damage(folder / name)
    with pytest.raises(data.DataError, match=message):
        data.load(folder)
