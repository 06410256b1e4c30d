"""No command overwrites what it reads, or one output with another; names are shown so
that they can be copied; what the system refuses is told by its cause.
"""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path
from typing import Any

import pytest

import netspec as ns
from netspec.cli import _show as show
from netspec.cli._sources import usage
from netspec.cli._tables import print_table
from tests.command import Command, check_refused

SPEC = ns.Spec("net", (4,), [ns.Dense(3)])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    SPEC.save("net.yaml")
    ns.save_params("w.safetensors", SPEC, ns.init_params(SPEC, 0))


LINKS = {"o.py": "o.safetensors", "spec.html": "net.yaml", "out/net_torch.py": "w2"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "--to", "torch", "-o", "o.py", "--weights", "w.safetensors"),
        ("export", "--to", "torch", "-o", "net.yaml"),
        ("export", "--to", "torch", "-o", "./net.yaml", "--weights", "w.safetensors"),
        ("export", "--to", "torch", "-o", "w.safetensors", "--weights", "w2"),
        ("export", "--to", "torch", "-o", "w2", "--weights", "w2"),
        ("export", "--to", "all", "-o", "out", "--weights", "w2"),
        ("export", "--to", "torch", "--side-by-side", "-o", "spec.html"),
        ("init", "-o", "net.yaml"),
        ("conform", "--html", "spec.html"),
        ("conform", "--json", "a", "--html", "../" * 20 + "{here}/a"),
        ("probe", "--plot", "spec.svg"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_one_file_is_not_two(netspec: Command, arguments: tuple[str, ...]) -> None:
    Path("out").mkdir()
    os.link("w.safetensors", "w2")
    for link, target in LINKS.items():
        Path(link).symlink_to(Path(target).resolve())
    Path("spec.svg").symlink_to("net.yaml")
    before = {path: path.read_bytes() for path in Path().glob("*") if path.is_file()}
    command, *rest = (word.format(here=Path.cwd()) for word in arguments)
    outcome = netspec(command, "net.yaml", *rest)
    check_refused(outcome, "")
    assert "same file as" in outcome.err or "the weights go there" in outcome.err
    assert before == {
        path: path.read_bytes() for path in Path().glob("*") if path.is_file()
    }


def test_weights_that_are_there_stay_as_they_are(netspec: Command) -> None:
    other = ns.Spec("another", (4,), [ns.Dense(3)])
    ns.save_params("net.safetensors", other, ns.init_params(other, 0))
    before = Path("net.safetensors").read_bytes()
    given = "--to", "torch", "-o", "net.py", "--weights", "net.safetensors"
    assert netspec("export", "net.yaml", *given).code == 0
    assert Path("net.safetensors").read_bytes() == before


@pytest.mark.parametrize("stem", ['a"b', "a\nb", "a\\b", "né", "a\x1b[2J", "a'b"])
def test_the_call_that_loads_the_weights_can_be_copied(
    netspec: Command, stem: str
) -> None:
    given = "--to", "torch", "-o", f"{stem}.py", "--weights", "w.safetensors"
    code, _, err = netspec("export", "net.yaml", *given)
    assert code == 0
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    call = usage(Path(f"{stem}.py").read_text(), Path(f"{stem}.safetensors"))
    assert err.endswith(f": {call}\n")
    constants = (n for n in ast.walk(ast.parse(call)) if isinstance(n, ast.Constant))
    assert [node.value for node in constants] == [f"{stem}.safetensors"]


def test_an_error_is_one_line_of_printable_text(netspec: Command) -> None:
    for name in ("a\nb\x1b[2J.yaml", "\udc80.yaml"):
        outcome = netspec("show", name)
        check_refused(outcome, "cannot be read: No such file or directory")
        assert outcome.err[:-1].isprintable()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left"), "the output cannot be written: No sp"),
        (OSError(errno.EMFILE, "Too many open files"), "error: Too many open files"),
        (
            FileNotFoundError(errno.ENOENT, "Gone", "some/file"),
            "error: some/file: Gone",
        ),
        (OSError("odd"), "error: odd"),
    ],
)
def test_an_error_of_the_system_is_told_by_its_cause(
    netspec: Command, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(show, "print_table", fail)
    outcome = netspec("show", "net.yaml")
    assert outcome.code == 2
    assert said in outcome.err


# Tables

CELLS = [("0.a.b", "Dense(3)", "3", "12"), ("a_long_name_of_a_layer", "ReLU", "3", "")]


@pytest.mark.parametrize("width", [80, 50, 40, 10])
def test_a_table_breaks_what_may_break(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(("path", "layer", "shape", "size"), CELLS, folded=2, right=1)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= max(width, 8 + 8 + 5 + 4 + 3 * 3)
    first = "".join(line[: lines[1].index("─") + 8].strip() for line in lines[3:])
    assert first.startswith("a_long_n")
    assert any(line.endswith("12") for line in lines)


def test_a_cell_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a",), [("x\x1b[2J\ny",), ("表表",), ("[red]",)], folded=1, right=0)
    out = capsys.readouterr().out
    assert "x\\x1b[2J\\ny\n" in out
    assert "表表\n[red]\n" in out
