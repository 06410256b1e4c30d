"""Run every benchmark, each in a process of its own.

python -m benchmarks [--write] [name ...]
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.report import markdown

NAMES = [
    *("torch_calls", "gluon_calls", "jax_calls", "flax_calls", "keras_calls"),
    *("onnx_calls", "fold", "torch_build", "jax_build"),
    *("initialization", "reference", "import_time", "fuzz_specs"),
]
PACKAGES = ["numpy", "torch", "mxnet", "jax", "flax", "keras", "onnxruntime"]
if not find_spec("mxnet"):  # it has no wheel for some systems
    NAMES.remove("gluon_calls")
    PACKAGES.remove("mxnet")
# JAX counts its threads by NPROC; the flags of XLA for that have lost their meaning
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"), "1")
PAGE = Path(__file__).parents[1] / "BENCHMARKS.md"
NETS = Path(__file__).parents[1] / "examples"
START, END = "<!-- benchmarks -->\n", "<!-- end of benchmarks -->\n"


def main() -> None:
    """Print the tables; with --write, put them into BENCHMARKS.md, too."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--write", action="store_true", help="put into BENCHMARKS.md")
    parser.add_argument("--here", metavar="NAME", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here:
        print(measure(args.here))
        return
    sections = [machine()]
    for name in args.names:
        sections.append(in_a_process(name))
        print(sections[-1], flush=True)
    if args.write:
        write("\n".join(sections))


def measure(name: str) -> str:
    """Run a benchmark; return its purpose and its table, in Markdown."""
    module = import_module(f"benchmarks.{name}")
    return f"{(module.__doc__ or '').strip()}\n\n{markdown(module.rows())}"


def in_a_process(name: str) -> str:
    """Run `measure` with one thread in a new process; return its output."""
    command = [sys.executable, "-m", "benchmarks", "--here", name]
    done = subprocess.run(
        command,
        check=True,
        env=os.environ | ONE_THREAD | {"PYTHONPATH": str(NETS)},
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def machine() -> str:
    """State the machine and the versions of the packages, in one paragraph."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "Ratios of times, interleaved in one run, one thread unless said: median and"
        f" quartiles over the rounds. Measured on {platform.machine()} with"
        f" {os.cpu_count()} cores, Python {platform.python_version()}, {versions}.\n"
    )


def write(tables: str) -> None:
    """Replace what stands between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{START}\n{tables}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
