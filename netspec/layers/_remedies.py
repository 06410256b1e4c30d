"""What says the same in netspec where a layer is refused, in numbers."""

from __future__ import annotations

Sizes = tuple[int, ...]


def one(sizes: tuple[object, ...]) -> str:
    """Write sizes as short as a field takes them: ``3`` for ``(3, 3)``."""
    return str(sizes[0] if len(set(sizes)) == 1 else sizes)


def projection(shape: Sizes, wanted: Sizes) -> str:
    """Say which shortcut brings a shape to another one, if a layer does."""
    if len(wanted) == len(shape) == 1:
        return f"change the body, or give shortcut=[Dense({wanted[0]})]"
    steps = [_step(n, m) for n, m in zip(shape[1:], wanted[1:], strict=False)]
    if len(wanted) != len(shape) or len(shape) > 4 or None in steps:
        return "change the body, or give a shortcut that ends in the same shape"
    stride = one(tuple(step or 1 for step in steps))
    made = f"Conv{len(steps)}D({wanted[0]}, kernel_size=1, stride={stride})"
    return f"change the body, or give shortcut=[{made}]"


def _step(size: int, wanted: int) -> int | None:
    """Find the least stride by which a kernel of 1 makes one size of another."""
    steps = (step for step in range(1, size + 1) if (size - 1) // step + 1 <= wanted)
    step = next(steps, size)
    return step if (size - 1) // step + 1 == wanted else None
