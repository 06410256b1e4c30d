"""The wheel: what it holds, and that it works where only its needs are installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "examples" / "specs" / "mlp.yaml"
BACKENDS = [folder.name for folder in (ROOT / "backends").glob("netspec_*/")]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that does not see the source tree."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    env = {key: value for key, value in os.environ.items() if key not in hidden}
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation")
    done = run(*build, "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and no framework."""
    folder = tmp_path_factory.mktemp("fresh")
    made = run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    assert made.returncode == 0, made.stderr
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    # Bytecode takes long, and most of what is installed is never imported
    install = ("install", "--quiet", "--no-compile", "-c", ROOT / "constraints.txt")
    done = run(*pip, *install, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return python


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_the_packages_and_nothing_else_on_top(names: list[str]) -> None:
    packages = ["netspec", *BACKENDS]
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == set(packages)
    assert {f"{package}/py.typed" for package in packages} <= set(names)


def test_wheel_holds_every_module_of_the_tree(names: list[str]) -> None:
    roots = {"netspec": ROOT, **dict.fromkeys(BACKENDS, ROOT / "backends")}
    modules = {
        str(path.relative_to(root))
        for package, root in roots.items()
        for path in (root / package).rglob("*.py")
    }
    assert modules == {name for name in names if name.endswith(".py")}


def test_wheel_holds_the_known_differences(python: Path, tmp_path: Path) -> None:
    done = run(python.with_name("netspec"), "differences", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "batchnorm-running-variance" in done.stdout


def test_wheel_declares_command_backends_and_license(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    info = next(n for n in archive.namelist() if n.endswith("entry_points.txt"))
    declared = archive.read(info).decode()
    assert "netspec = netspec.__main__:main" in declared
    assert "[netspec.backends]" in declared
    assert any("licenses/LICENSE" in name for name in archive.namelist())


def test_imports_come_from_the_environment(python: Path, tmp_path: Path) -> None:
    code = "import netspec, netspec_numpy; print(netspec.__file__)"
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(python.parents[1])


def test_show_works_without_a_framework(python: Path, tmp_path: Path) -> None:
    done = run(python.with_name("netspec"), "show", SPEC, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "335,626" in done.stdout


def test_backends_says_what_to_install(python: Path, tmp_path: Path) -> None:
    done = run(python.with_name("netspec"), "backends", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'pip install "netspec[torch]"' in done.stdout


def test_compile_without_the_framework_is_a_clear_error(
    python: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, netspec\n"
        f"spec = netspec.load({str(SPEC)!r})\n"
        "try:\n"
        "    netspec.compile(spec, 'torch')\n"
        "except netspec.BackendNotInstalled as error:\n"
        "    print(error)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'pip install "netspec[torch]"' in done.stdout


def test_explain_without_a_framework_shows_what_was_recorded(
    python: Path, tmp_path: Path
) -> None:
    command = (python.with_name("netspec"), "explain", "batchnorm-running-variance")
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Running variances average biased or unbiased variances" in done.stdout
    assert done.stdout.count("gives, recorded on ") == 2
    assert "  holds\n" in done.stdout


def test_export_needs_no_framework(python: Path, tmp_path: Path) -> None:
    command = (python.with_name("netspec"), "export", SPEC, "--to", "torch")
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nn.init.kaiming_normal_" in done.stdout
