"""Window arithmetic that convolutions and pools share."""

Sizes = int | tuple[int, ...]
Padding = int | tuple[int | tuple[int, int], ...]


def per_axis(sizes: Sizes, rank: int) -> tuple[int, ...]:
    """``(3, 3)`` for 3."""
    return (sizes,) * rank if isinstance(sizes, int) else sizes


def per_end(padding: Padding, rank: int) -> list[tuple[int, int]]:
    """``[(1, 1), (1, 1)]`` for 1 or (1, 1)."""
    axes = (padding,) * rank if isinstance(padding, int) else padding
    return [(size, size) if isinstance(size, int) else size for size in axes]
