"""Tell the C library how to keep memory."""

from __future__ import annotations

import ctypes
import sys

LARGEST, MOST = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
MIB = 2**20


def keep_memory(largest: int = 32 * MIB, most: int = 256 * MIB) -> bool:
    """Let this process keep the memory of arrays that it frees for those that follow,
    instead of asking the system for zeroed pages each time; tell whether it does.

    Args:
        largest: bytes of an array up to which its memory is kept; glibc takes no more
            than 32 MiB.
        most: bytes that are kept.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
    return bool(mallopt and mallopt(LARGEST, largest) and mallopt(MOST, most))
