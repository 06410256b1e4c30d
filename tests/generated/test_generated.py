"""Generated files are those of the registry; a stale one is named, with its command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netspec.layers import LAYERS
from tests.generated import files
from tests.generated.__main__ import main

# Notebooks are made from lessons, which lie there
PATHS = ["examples", os.environ.get("PYTHONPATH")]


def test_no_file_is_stale() -> None:
    # in a process of its own, where no test has registered a layer
    command = [sys.executable, "-m", "tests.generated", "--check"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, PATHS))}
    done = subprocess.run(
        command, cwd=files.ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_stale_file_is_named_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in files.FILES:
        (tmp_path / file.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(files.ROOT / file.name, tmp_path / file.name)
    monkeypatch.setattr(files, "ROOT", tmp_path)
    main([])
    whole = (tmp_path / "README.md").read_text()
    (tmp_path / "README.md").write_text(whole.replace(" `Dense`", ""))
    capsys.readouterr()
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "README.md is stale; run: make generated\n"
    assert main([]) == 0
    assert (tmp_path / "README.md").read_text() == whole
    assert main(["--check"]) == 0


def test_every_layer_stands_in_one_row() -> None:
    listed = re.findall(r"`(\w+)`", files.layer_table())
    assert sorted(listed) == sorted(LAYERS)


@pytest.mark.parametrize(
    "page", ["", files.START, files.END + files.START, 2 * (files.START + files.END)]
)
def test_a_page_without_its_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="a page needs"):
        files.between_marks(page, "text\n")
