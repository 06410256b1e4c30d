"""Layers that keep a part of the values."""

from jax import lax

from netspec_jax.support.base import Layer, elementwise


def slice_along(
    axis: int, *, start: int = 0, stop: int | None = None, step: int = 1
) -> Layer:
    """Values along one axis, from `start` to before `stop`."""
    return elementwise(lambda x: lax.slice_in_dim(x, start, stop, step, axis))


def select(axis: int, index: int) -> Layer:
    """The values at one index of an axis, which goes."""
    return elementwise(lambda x: lax.index_in_dim(x, index, axis, keepdims=False))


def crop(*margins: tuple[int, int]) -> Layer:
    """Each axis between the first and the last without its ends."""
    less = [(-before, -after, 0) for before, after in margins]
    return elementwise(
        lambda x: lax.pad(x, x.dtype.type(0), [(0, 0, 0), *less, (0, 0, 0)])
    )
