"""How XLA compiles in the tests: quickly, which changes only its rounding, and once."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

WEEK = 7 * 24 * 3600  # seconds after which a program is compiled anew


def quick_flags() -> list[str]:
    """What `netspec_jax.quick_environment` says, before JAX can be imported."""
    flags = [
        "--xla_backend_optimization_level=0",
        "--xla_cpu_parallel_codegen_split_count=1",
    ]
    try:
        major, minor, *_ = map(int, metadata.version("jax").split(".")[:2])
    except metadata.PackageNotFoundError:
        return []
    if (major, minor) < (0, 11):
        flags.append("--xla_cpu_use_fusion_emitters=false")
        flags.append("--xla_llvm_disable_expensive_passes=true")
    return flags


def folder_of_programs(config: pytest.Config) -> Path:
    """Where compiled programs are kept: in pytest's cache, or for this run alone."""
    cache = getattr(config, "cache", None)  # None after -p no:cacheprovider
    if cache is None:
        folder = TemporaryDirectory(prefix="netspec-")
        config.add_cleanup(folder.cleanup)
        return Path(folder.name)
    kept: Path = cache.mkdir("xla")
    _forget(kept)
    return kept


def _forget(folder: Path) -> None:
    """Remove what is older than a week, so that the folder stays small."""
    for program in folder.iterdir():
        with suppress(FileNotFoundError):  # another run removes it, too
            if program.stat().st_mtime < time.time() - WEEK:
                program.unlink()
