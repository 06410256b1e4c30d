"""The file of arrays that MXNet writes, `.params`, of every version, without MXNet.

It is a list: 8 bytes 0x112, 8 reserved, how many arrays; of each a word for the
version, its storage, rank and sizes, device, dtype and values; then names. Before the
versions the first word was the rank itself, and sizes had 32 bits.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from weakref import finalize

import numpy as np

from netspec._system import file_name
from netspec.errors import ParameterError, said
from netspec.importing._graph import Array

MAGIC = 0x112
VERSIONS = {0xF993FAC8: 1, 0xF993FAC9: 2, 0xF993FACA: 3}
DTYPES = {
    0: "<f4",
    1: "<f8",
    2: "<f2",
    3: "u1",
    4: "<i4",
    5: "i1",
    6: "<i8",
    7: "?",
}
DENSE = 0
MOST_AXES = 32


class Place(NamedTuple):
    """Where a file has an array."""

    offset: int
    dtype: str
    shape: tuple[int, ...]


class Mapped(Mapping[str, Array]):
    """Arrays of a file by name. Each is mapped when it is asked for, so that it takes
    memory as long as it is held; it cannot be written to.

    Args:
        file: is closed when nothing needs it any more.
        places: of the arrays.
    """

    def __init__(self, file: BinaryIO, places: Mapping[str, Place]) -> None:
        self._file, self._places = file, places
        finalize(self, file.close)

    def __getitem__(self, name: str) -> Array:
        place = self._places[name]
        if math.prod(place.shape) == 0:  # of which nothing can be mapped
            return np.zeros(place.shape, place.dtype)
        found: Array = np.memmap(
            self._file, place.dtype, "r", place.offset, place.shape
        )
        return np.asarray(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def read_list(path: str | os.PathLike[str]) -> Mapping[str, Array]:
    """Read arrays by the names that they have in a file.

    Args:
        path: of a file that ``mxnet.nd.save``, ``save_checkpoint``, ``export`` or
            ``save_parameters`` wrote.

    Returns:
        The arrays; ``arg:`` and ``aux:`` before a name are left out. Those without a
        name are called by their places.

    Raises:
        ParameterError: no such file, or it is none of these, or damaged.
    """
    name = file_name(path, ParameterError)
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(name, "rb"))
            data = np.memmap(file, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise ParameterError(f"{name}: cannot be read: {said(error)}") from None
        try:
            places = dict(_read(_Reader(data.data)))
        except ParameterError as error:
            raise ParameterError(f"{name}: {error}") from None
        stack.pop_all()
        return Mapped(file, places)


@dataclass
class _Reader:
    """A place in a file.

    Attributes:
        data: all of it.
        at: where the next value begins.
    """

    data: memoryview
    at: int = 0

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.at:
            raise ParameterError(
                f"it ends within an array: {size} bytes are missing at {self.at}; copy"
                " or write it again"
            )
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, code: str) -> int:
        """Read a number, by a code of `struct`."""
        (found,) = struct.unpack(f"<{code}", self.take(struct.calcsize(code)))
        return int(found)

    def count(self, least: int) -> int:
        """Read how many parts follow, of at least so many bytes each."""
        found = self.number("Q")
        if found * least > len(self.data) - self.at:
            raise ParameterError(
                f"it says that it has {found} parts, for which it is too short"
            )
        return found


def _read(reader: _Reader) -> Iterator[tuple[str, Place]]:
    if len(reader.data) < 24 or reader.number("Q") != MAGIC:
        raise ParameterError("is no file of arrays of MXNet")
    reader.number("Q")
    arrays = [_array(reader) for _ in range(reader.count(4))]
    names = [bytes(reader.take(reader.count(1))) for _ in range(reader.count(8))]
    if names and len(names) != len(arrays):
        raise ParameterError(f"it has {len(arrays)} arrays and {len(names)} names")
    texts = [name.decode(errors="replace") for name in names]
    for index, array in enumerate(arrays):
        name = texts[index] if texts else str(index)
        prefix, _, rest = name.partition(":")
        yield (rest if prefix in ("arg", "aux") else name), array


def _array(reader: _Reader) -> Place:
    word = reader.number("I")
    version = VERSIONS.get(word, 0)
    if version == 0 and word > MOST_AXES:
        raise ParameterError(f"an array of an unknown version, {word:#x}")
    if version >= 2 and reader.number("i") != DENSE:
        raise ParameterError(
            "holds a sparse array; save it dense, by tostype('default')"
        )
    if version == 0:
        sizes = [reader.number("I") for _ in range(word)]
    else:
        rank = reader.number("i" if version == 3 else "I")
        if not 0 <= rank <= MOST_AXES:
            raise ParameterError(f"an array of {rank} axes")
        sizes = [reader.number("q") for _ in range(rank)]
    if not sizes and version != 3:
        return Place(0, "<f4", (0,))  # an array that was never filled
    return _values(reader, sizes)


def _values(reader: _Reader, sizes: list[int]) -> Place:
    reader.take(8)  # the device, which is of no interest
    code = reader.number("i")
    if code not in DTYPES or any(size < 0 for size in sizes):
        raise ParameterError(f"an array of dtype {code} and sizes {sizes}")
    place = Place(reader.at, DTYPES[code], tuple(sizes))
    reader.take(math.prod(sizes) * np.dtype(place.dtype).itemsize)
    return place
