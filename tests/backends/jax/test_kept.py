"""Programs that are kept in a folder are found there."""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
from jax.experimental.compilation_cache import compilation_cache

from netspec_jax import backend

FOLDER = "jax_compilation_cache_dir"


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*-cache")}


def test_what_is_compiled_inside_is_kept(tmp_path: Path) -> None:
    before = getattr(jax.config, FOLDER)
    jax.config.update(FOLDER, None)  # tests have a folder of their own
    try:
        with backend.kept(tmp_path):
            jax.jit(lambda x: x * 3.25 + 1.5)(np.ones(7))
        first = files(tmp_path)
        assert first
        with backend.kept(tmp_path):
            jax.jit(lambda x: x * 3.25 + 1.5)(np.ones(7))
        assert files(tmp_path) == first
        jax.jit(lambda x: x * 4.25 + 1.5)(np.ones(7))
        assert files(tmp_path) == first
        assert getattr(jax.config, FOLDER) is None
    finally:
        jax.config.update(FOLDER, before)
        compilation_cache.reset_cache()


def test_a_folder_of_the_user_stays(tmp_path: Path) -> None:
    before = getattr(jax.config, FOLDER)
    jax.config.update(FOLDER, str(tmp_path / "own"))
    try:
        with backend.kept(tmp_path / "other"):
            assert getattr(jax.config, FOLDER) == str(tmp_path / "own")
    finally:
        jax.config.update(FOLDER, before)
        compilation_cache.reset_cache()
