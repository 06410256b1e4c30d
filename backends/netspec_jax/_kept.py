"""Keep compiled programs in a folder, where a later process finds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath

import jax
from jax.experimental.compilation_cache import compilation_cache

# by default JAX keeps what takes a second to compile
EVERYTHING = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}
FOLDER = "jax_compilation_cache_dir"


@contextmanager
def kept(folder: str | PathLike[str]) -> Iterator[None]:
    """Let JAX look for each program in a folder before it compiles it, and put it
    there; a folder that the user has chosen stays.
    """
    if getattr(jax.config, FOLDER):
        yield
        return
    before = {name: getattr(jax.config, name) for name in (FOLDER, *EVERYTHING)}
    try:
        _configure({FOLDER: fspath(folder), **EVERYTHING})
        yield
    finally:
        _configure(before)


def _configure(options: dict[str, object]) -> None:
    for name, value in options.items():
        jax.config.update(name, value)
    compilation_cache.reset_cache()
