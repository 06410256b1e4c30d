"""`make demo`: a spec, its source, its training in three frameworks, and the proof.

Each step is a command that can be typed as it is printed; all run in one process.
"""

from __future__ import annotations

import os
import runpy
import shlex
import sys
from pathlib import Path

import netspec

SPEC = "examples/specs/mlp.yaml"
OUTPUT = "out/mlp"
REPORT = "out/conformance.html"
STEPS = (
    ("A model as data", f"netspec show {SPEC}"),
    ("The same model as PyTorch source", f"netspec export {SPEC} --to torch"),
    (
        "Training it in PyTorch, Gluon and JAX, in one process",
        f"python examples/fashion_mnist.py {SPEC} --backend all \\\n      -o {OUTPUT}",
    ),
)
PROOF = (
    "Every backend against the reference, by nine checks",
    f"netspec conform {SPEC} \\\n      --html {REPORT}",
)
FRAMEWORKS = {"torch": "PyTorch", "gluon": "Gluon", "jax": "JAX"}


def main() -> int:
    """Run every step until one fails; its exit code."""
    os.chdir(Path(__file__).parents[1])
    Path(OUTPUT).parent.mkdir(exist_ok=True)
    try:
        for number, (heading, command) in enumerate(steps(), start=1):
            print(f"\n{number}. {heading}\n\n$ {command}\n", flush=True)
            if code := run(command):
                return code
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print(f"\nThe curves of the training: {OUTPUT}.png\nThe proof as a page: {REPORT}")
    return 0


def steps() -> list[tuple[str, str]]:
    """Headings and commands, for the frameworks that are installed."""
    found = netspec.backends()
    proofs = [
        (
            f"What {title} trained, against the float64 reference",
            f"python examples/agreement.py {OUTPUT}.{name}.safetensors \\\n"
            f"      --backend {name}",
        )
        for name, title in FRAMEWORKS.items()
        if found[name].installed
    ]
    return [*STEPS, *proofs, PROOF]


def run(command: str) -> int:
    """Run a command in this process, so that every framework is imported once."""
    program, *arguments = shlex.split(command.replace("\\\n", ""))
    try:
        if program == "python":
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
        else:
            from netspec.cli import main as command_line

            sys.argv = [program, *arguments]
            command_line()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
