"""`make demo`: a spec, its PyTorch source, its training, and the proof.

Each step is a command that can be typed as it is printed; all run in one process.
"""

from __future__ import annotations

import os
import runpy
import shlex
import sys
from pathlib import Path

SPEC = "examples/specs/mlp.yaml"
WEIGHTS = "out/mlp.safetensors"
STEPS = (
    ("A model as data", f"netspec show {SPEC}"),
    ("The same model as PyTorch source", f"netspec export {SPEC} --to torch"),
    (
        "Training it",
        f"python examples/fashion_mnist.py {SPEC} --backend torch \\\n"
        f"      -o {WEIGHTS}",
    ),
    (
        "Comparing the trained net with the float64 reference",
        f"python examples/agreement.py {WEIGHTS} --backend torch",
    ),
)


def main() -> int:
    """Run every step until one fails; its exit code."""
    os.chdir(Path(__file__).parents[1])
    Path(WEIGHTS).parent.mkdir(exist_ok=True)
    try:
        for number, (heading, command) in enumerate(STEPS, start=1):
            print(f"\n{number}. {heading}\n\n$ {command}\n", flush=True)
            if code := run(command):
                return code
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    return 0


def run(command: str) -> int:
    """Run a command in this process, so that PyTorch is imported once."""
    program, *arguments = shlex.split(command.replace("\\\n", ""))
    try:
        if program == "python":
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
        else:
            from netspec.cli import main as netspec

            sys.argv = [program, *arguments]
            netspec()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
