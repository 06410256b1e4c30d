"""What is imported when: no framework, nothing slow, and what is public."""

from __future__ import annotations

import subprocess
import sys

import pytest

import netspec as ns

FRAMEWORKS = (
    "torch", "jax", "jaxlib", "flax", "optax", "mxnet", "keras", "tensorflow",
    "onnx", "onnxruntime", "netspec_onnx",
    "netspec_torch", "netspec_jax", "netspec_gluon", "netspec_numpy",
)  # fmt: skip
HEAVY = ("scipy", "rich", "typer", "pydantic", "safetensors", "sklearn")


def imported(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running code."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_netspec_imports_nothing_heavy() -> None:
    assert imported("import netspec").isdisjoint({*FRAMEWORKS, *HEAVY})


@pytest.mark.parametrize("arguments", [["--help"], ["backends"], ["schema"]])
def test_the_command_line_imports_no_framework(arguments: list[str]) -> None:
    code = f"""
from netspec.cli import main
try:
    main({arguments!r})
except SystemExit as exit:
    assert exit.code == 0
"""
    assert imported(code).isdisjoint({*FRAMEWORKS, "scipy"})


def test_a_spec_and_its_weights_need_no_framework() -> None:
    code = """
import netspec as ns
spec = ns.Spec("a", (3,), [ns.Dense(3)])
ns.save_params("/dev/null", spec, ns.init_params(spec, 0))
spec.summary(), ns.json_schema(), ns.backends()
"""
    assert imported(code).isdisjoint({*FRAMEWORKS, *HEAVY} - {"safetensors"})


def test_public_names_exist_once_and_are_documented() -> None:
    assert len(ns.__all__) == len(set(ns.__all__))
    for name in ns.__all__:
        assert getattr(ns, name).__doc__, name


def test_names_that_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Dens'"):
        ns.Dens  # noqa: B018
