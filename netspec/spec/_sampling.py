"""Portable first weights: the same bits in every framework, on every machine.

Each chunk of 2^16 values of each parameter has its own stream of random bits, so values
depend neither on order nor on the number of threads. The stream comes from the
counter-based generator Philox-4x64-10 (Salmon et al., "Parallel random numbers: as
easy as 1, 2, 3", 2011):

- the key is the BLAKE2b hash of 16 bytes, personalized with ``netspec-init-v1``, of
  the seed as 8 little-endian bytes followed by the canonical path in UTF-8, read as two
  little-endian 64-bit words;
- the counter of chunk c starts at (0, 0, 0, c).

This format is frozen: a change of it is a change of every user's weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from itertools import accumulate, chain, groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netspec._system import cores
from netspec.init.distributions import Law
from netspec.spec._arguments import check_dtype, check_memory, check_seed
from netspec.spec._spec import Spec

CHUNK = 2**16
TASK = 2**19  # values per task: drawing takes far longer than handing it to a thread
PERSON = b"netspec-init-v1"

Array = NDArray[Any]


class Chunk(NamedTuple):
    """Values of a parameter that are drawn from one stream.

    Attributes:
        law: distribution of the values.
        key: Philox key of the parameter, two words.
        number: index of the chunk in the parameter.
        out: memory for the values, float32, one-dimensional.
    """

    law: Law
    key: Array
    number: int
    out: Array


def init_params(
    spec: Spec, seed: int, dtype: str = "float32", *, threads: int | None = None
) -> dict[str, Array]:
    """Draw the first value of every parameter, as its initializer says.

    The numbers depend on the seed, the canonical path, the shape and the initializer,
    and on nothing else. Orthogonal matrices come from a QR factorization, whose last
    bits depend on the BLAS of the machine.

    Args:
        spec: the model.
        seed: a natural number below 2^64.
        dtype: ``"float32"`` or ``"float64"``; the numbers are drawn in float32 and are
            equal in both.
        threads: number of threads; None for one per core.

    Returns:
        Arrays by canonical path, in canonical layout and in the order of
        `Spec.parameters`.

    Raises:
        NetspecError: an invalid seed or dtype, or more values than the memory of this
            machine holds.

    Example:
        >>> from netspec import Dense, Spec
        >>> params = init_params(Spec("small", (3,), [Dense(2)]), seed=0)
        >>> {path: value.shape for path, value in params.items()}
        {'0.weight': (2, 3), '0.bias': (2,)}
    """
    seed = check_seed(seed)
    check_dtype(dtype)
    check_memory(spec, dtype)
    parameters = spec.parameters()
    drawn = {path: np.empty(p.shape, np.float32) for path, p in parameters.items()}
    draw_into(drawn, spec, seed, threads=threads)
    for path, array in drawn.items():  # one at a time, so that memory peaks low
        drawn[path] = array.astype(dtype, copy=False)
    return drawn


def draw_into(
    arrays: Mapping[str, Array], spec: Spec, seed: int, *, threads: int | None = None
) -> None:
    """Draw the numbers of `init_params` into existing arrays.

    Args:
        arrays: contiguous float32 arrays by canonical path, one for each parameter.
        spec: the model.
        seed: a natural number below 2^64.
        threads: number of threads; None for one per core.
    """
    chunks = (
        _chunks(parameter.law, stream_key(seed, path), arrays[path])
        for path, parameter in spec.parameters().items()
    )
    _draw_all(list(chain.from_iterable(chunks)), threads or cores())


def stream_key(seed: int, path: str) -> Array:
    """Return the Philox key of a parameter, two 64-bit words."""
    message = seed.to_bytes(8, "little") + path.encode()
    digest = blake2b(message, digest_size=16, person=PERSON).digest()
    return np.frombuffer(digest, "<u8").astype(np.uint64)


def _chunks(law: Law, key: Array, out: Array) -> Iterator[Chunk]:
    flat = out.reshape(-1)
    step = flat.size if law.whole else CHUNK
    for number, start in enumerate(range(0, flat.size, step)):
        yield Chunk(law, key, number, flat[start : start + step])


def _draw_all(chunks: list[Chunk], threads: int) -> None:
    tasks = _tasks(chunks)
    if min(threads, len(tasks)) <= 1:
        _draw(chunks)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_draw, tasks))  # list() raises what a thread raised


def _tasks(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    """Split chunks into consecutive groups of about `TASK` values."""
    ends = accumulate(chunk.out.size for chunk in chunks)
    numbered = zip(ends, chunks, strict=True)
    runs = groupby(numbered, key=lambda entry: entry[0] // TASK)
    return [[chunk for _, chunk in run] for _, run in runs]


def _draw(chunks: Sequence[Chunk]) -> None:
    # One generator is moved from stream to stream: making one costs ten times as much,
    # as NumPy reads the system's entropy even where a key is given
    bits = np.random.Philox(0)
    for law, key, number, out in chunks:
        _move(bits, key, number)
        law.fill(bits, out)


def _move(bits: np.random.Philox, key: Array, number: int) -> None:
    # NumPy counts up from the first word of the counter, once for every 4 words drawn:
    # a chunk would have to draw 2^194 words before it met the stream of the next one
    bits.state = {
        "bit_generator": "Philox",
        "state": {"counter": np.array([0, 0, 0, number], np.uint64), "key": key},
        "buffer": np.zeros(4, np.uint64),
        "buffer_pos": 4,
        "has_uint32": 0,
        "uinteger": 0,
    }
