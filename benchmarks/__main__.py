"""Run every benchmark, each in a process of its own, and write RESULTS.md.

python -m benchmarks [name ...]
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from benchmarks.report import markdown

NAMES = ("torch_calls", "torch_build", "initialization", "reference", "import_time")
RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("numpy", "torch")


def main(names: list[str]) -> None:
    """Print and write the tables; each name is measured in a fresh process."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sections = [_machine()]
    for name in names or NAMES:
        command = [sys.executable, "-m", "benchmarks", "--only", name]
        done = subprocess.run(
            command, check=True, env=one_thread, stdout=subprocess.PIPE, text=True
        )
        print(done.stdout, flush=True)
        sections.append(done.stdout)
    if not names:
        RESULTS.write_text("\n".join(sections))


def only(name: str) -> None:
    """Measure one benchmark in this process."""
    module = import_module(f"benchmarks.{name}")
    summary = (module.__doc__ or "").strip()
    print(f"## {name}\n\n{summary}\n\n{markdown(module.rows())}")


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "# Measured\n\nRatios of times, interleaved in one run, one thread unless said:"
        f" median and quartiles over the rounds.\n{platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, {versions}.\n"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        only(sys.argv[2])
    else:
        main(sys.argv[1:])
