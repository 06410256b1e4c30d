"""Large files come in by a map: an import takes less than twice their size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.importing.symbol_files import Graph

WIDTH, LAYERS = 800, 12  # 2.4 MiB each

CODE = """
import sys
import netspec
from netspec import importing


def largest():
    (line,) = (one for one in open("/proc/self/status") if one.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def bring(folder, target):
    files = folder + "/net-symbol.json", folder + "/net-0000.params"
    importing.mxnet(*files, (int(sys.argv[4]),)).save(target)


small, large, target = sys.argv[1:4]
bring(small, target)
before = largest()
bring(large, target)
print(largest() - before)
"""


def written(folder: Path, layers: int) -> Path:
    folder.mkdir()
    graph = Graph()
    for _ in range(layers):
        graph.dense(WIDTH, WIDTH, flatten="False")
    return graph.write(folder)[1]


def test_memory(tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not say how much a process took")
    written(tmp_path / "small", 1)
    size = written(tmp_path / "large", LAYERS).stat().st_size
    folders = (tmp_path / "small", tmp_path / "large", tmp_path / "out.safetensors")
    words = [sys.executable, "-c", CODE, *map(str, folders), str(WIDTH)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1.35 * size
    assert (tmp_path / "out.safetensors").stat().st_size > 0.9 * size
