"""Functions that move values without changing them. Channels are the last axis."""

from jax import Array, lax


def identity(x: Array) -> Array:
    """Return x."""
    return x


def flatten(x: Array) -> Array:
    """The values of each example on one axis."""
    return x.reshape(x.shape[0], -1)


def reshape(x: Array, shape: tuple[int, ...]) -> Array:
    """The values of each example under another shape."""
    return x.reshape(x.shape[0], *shape)


def crop(x: Array, margins: tuple[tuple[int, int], ...]) -> Array:
    """Each axis between the first and the last without its ends."""
    less = [(-before, -after, 0) for before, after in margins]
    return lax.pad(x, x.dtype.type(0), [(0, 0, 0), *less, (0, 0, 0)])


def pixel_shuffle(x: Array, factor: int) -> Array:
    """Channels moved into height and width, in PyTorch's order."""
    batch, height, width, _ = x.shape
    x = x.reshape(batch, height, width, -1, factor, factor)
    x = x.transpose(0, 1, 4, 2, 5, 3)
    return x.reshape(batch, height * factor, width * factor, -1)


def pixel_unshuffle(x: Array, factor: int) -> Array:
    """Height and width moved into channels, in PyTorch's order."""
    batch, height, width, _ = x.shape
    low = height // factor, width // factor
    x = x.reshape(batch, low[0], factor, low[1], factor, -1)
    return x.transpose(0, 1, 3, 5, 2, 4).reshape(batch, *low, -1)


def channel_shuffle(x: Array, groups: int) -> Array:
    """Channels dealt out to groups."""
    grouped = x.reshape(*x.shape[:-1], groups, -1)
    return grouped.swapaxes(-1, -2).reshape(x.shape)
