"""The images that lessons learn from: Fashion-MNIST, or moved digits in its place."""

from __future__ import annotations

from functools import cache

import numpy as np

import data
from data import Array, Dataset

COPIES = 5
ROOM = 2  # pixels around a digit in its frame, on each side


@cache
def images() -> Dataset:
    """Read Fashion-MNIST, or the digits in its place, once.

    There are 1,347 digits to train on, fewer than lessons take, and a linear net tells
    nearly all of them apart. So each is moved to five of the 25 places in its frame,
    which makes 6,735 different images; and each of the 450 to test with to one, so
    that they stay independent of each other.
    """
    known = data.load()
    if known.name != data.DIGITS:
        return known
    return known._replace(
        train_x=_moved(known.train_x, COPIES),
        train_y=np.tile(known.train_y, COPIES),
        test_x=_moved(known.test_x, 1),
    )


@cache
def gray() -> Dataset:
    """Scale the images as the texts do: from 0, black, to 1, white."""
    known = images()
    low, high = known.train_x.min(), known.train_x.max()
    train_x, test_x = ((x - low) / (high - low) for x in (known.train_x, known.test_x))
    return known._replace(train_x=train_x, test_x=test_x)


def _moved(x: Array, copies: int) -> Array:
    """Move every image to as many places in its frame, all different, at random."""
    random, side = np.random.default_rng(0), 2 * ROOM + 1
    places = np.tile(np.arange(side**2), (len(x), 1))
    chosen = random.permuted(places, axis=1)[:, :copies].T.ravel()
    steps = np.stack(np.divmod(chosen, side), axis=1) - ROOM
    squares = np.tile(x, (copies, 1)).reshape(-1, data.SIDE, data.SIDE)
    pairs = zip(squares, steps, strict=True)
    return np.stack([np.roll(one, step, (0, 1)).ravel() for one, step in pairs])
