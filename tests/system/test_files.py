"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netspec
from netspec import NetspecError, ParameterError, Spec, SpecError
from netspec._system import atomic_file, check_apart, shown_path, write_atomically
from netspec.conformance.report import Report
from netspec.signals._plot import write_plot
from tests.spec.test_spec import MLP


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"one", b"two, longer", b""):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["file"]


def test_its_mode_follows_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "file"
    mask = os.umask(0o027)
    try:
        write_atomically(path, b"")
    finally:
        os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    with atomic_file(path) as file:
        file.write(b"new")
        (part,) = tmp_path.glob(".netspec-*")
        assert part.stat().st_mode & 0o777 & ~mode == 0  # no wider at any time
    assert path.stat().st_mode & 0o777 == mode
    assert path.read_bytes() == b"new"


def test_a_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    path.chmod(0o444)
    for name in (path, link):
        with pytest.raises(NetspecError, match="it is read-only; give it write permis"):
            write_atomically(name, b"new")
    assert path.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


def test_a_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_device_stays_a_device() -> None:
    write_atomically("/dev/null", b"content")
    assert Path("/dev/null").is_char_device()


def test_nothing_stands_at_the_name_until_the_file_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic_file(path) as file:
        file.write(b"part")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"part"


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, ValueError, NetspecError])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, stopped: type[BaseException]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(stopped), atomic_file(path) as file:  # noqa: PT012
        file.write(b"new")
        raise stopped
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(NetspecError) as caught:
        write_atomically(path, b"new")
    assert str(caught.value) == f"{path}: cannot be written: No space left on device"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_device_says_so() -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(NetspecError, match="/dev/full: cannot be written: No space"):
        write_atomically("/dev/full", b"content")


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    refused = {
        tmp_path / "file" / "below": "Not a directory",
        tmp_path / "folder": "Is a directory",
        tmp_path / "missing" / "file": "No such file or directory",
        tmp_path / "a\0b": "a NUL in the name",
        tmp_path / ("a" * 300): "File name too long",
    }
    for path, problem in refused.items():
        with pytest.raises(NetspecError, match=f"cannot be written: {problem}"):
            write_atomically(path, b"content")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert os.listdir(tmp_path / "folder") == []


def test_an_unwritable_folder(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(NetspecError, match="cannot be written: Permission denied"):
        MLP.save(tmp_path / "spec.yaml")


@pytest.mark.parametrize("path", [b"file", 0, None, ["file"], "a\0b"])
def test_what_names_no_file(path: Any) -> None:
    attempts: dict[type[NetspecError], list[Callable[[], object]]] = {
        SpecError: [lambda: netspec.load(path)],
        ParameterError: [lambda: netspec.load_params(path)],
        NetspecError: [
            lambda: MLP.save(path),
            lambda: netspec.save_params(path, MLP, netspec.init_params(MLP, 0)),
            lambda: Report(0).to_html(path),
            lambda: write_plot(netspec.probe(MLP), path),
            lambda: write_atomically(path, b""),
        ],
    }
    for error, calls in attempts.items():
        for call in calls:
            with pytest.raises(error, match=r"string or a pathlib|NUL in the name"):
                call()


def test_a_path_of_another_library_names_a_file(tmp_path: Path) -> None:
    class Named(os.PathLike[str]):
        def __fspath__(self) -> str:
            return str(tmp_path / "spec.json")

    MLP.save(Named())
    assert netspec.load(Named()) == MLP


# Files that would overwrite each other


def test_outputs_that_are_one_file_are_refused(tmp_path: Path) -> None:
    spec, link, out = tmp_path / "spec", tmp_path / "link", tmp_path / "out"
    spec.write_bytes(b"")
    link.symlink_to(out)
    below = tmp_path / "folder" / ".." / "out"
    for outputs in ([link, out], [out, link], [below, out], [spec]):
        with pytest.raises(NetspecError, match=r"is the same file as .*; give another"):
            check_apart(outputs, [spec])
    check_apart([out], [spec, link.with_name("other")])
    check_apart(["-", "/dev/null", "/dev/null"], ["-", "/dev/null"])


def test_a_name_is_shown_on_one_line() -> None:
    assert shown_path(Path("a b/né.py")) == "a b/né.py"
    assert shown_path("a\n\x1b[2J") == '"a\\n\\u001b[2J"'


def test_a_spec_that_cannot_be_saved_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match="nowhere"):
        Spec.save(MLP, tmp_path / "nowhere" / "spec.yaml")
