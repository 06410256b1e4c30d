"""What an exported file annotates is true, under ``mypy --strict``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nets
from netspec_jax import backend
from tests.spec.test_spec import MLP

SPECS = (
    MLP,
    nets.resnet18(),
    nets.unet(),
    nets.gpt2(),
    nets.bilstm_classifier(),
    nets.lstm_language_model(),
)


@pytest.mark.slow
def test_files_have_strict_types(tmp_path: Path) -> None:
    for i, spec in enumerate(SPECS):
        text = backend.source(spec, weights=True)
        (tmp_path / f"net{i}.py").write_text(text)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n")
    command = [sys.executable, "-m", "mypy", "."]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
