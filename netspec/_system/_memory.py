"""The memory of this machine, with which a request is compared before it is begun."""

from __future__ import annotations

import os

from netspec.errors import NetspecError


def check_fits(needed: int, what: str, remedy: str) -> None:
    """Refuse what this machine cannot hold, before anything is allocated.

    Args:
        needed: bytes.
        what: needs them, such as ``"'mlp' has 12 parameters"``.
        remedy: what to do, in the imperative.

    Raises:
        NetspecError: `needed` is more than the physical memory.
    """
    held = _physical_memory()
    if held is not None and needed > held:
        raise NetspecError(
            f"{what}, {_bytes(needed)}, more than the {_bytes(held)} of memory of this"
            f" machine; {remedy}"
        )


def _physical_memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return None


def _bytes(size: int) -> str:
    small = size < 2**30 // 10
    return f"{size / 2**20:,.1f} MiB" if small else f"{size / 2**30:,.1f} GiB"
