"""The page about leaving MXNet names differences, commands and files that there are."""

from __future__ import annotations

import re
from pathlib import Path

from netspec.differences import entries
from tests.command import Command

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "leaving_mxnet.md").read_text(encoding="utf-8")


def test_the_differences_that_it_names_are_known() -> None:
    named = re.findall(r"`([a-z0-9-]+)` \|$", PAGE, re.MULTILINE)
    assert len(named) >= 10
    assert set(named) <= {entry.id for entry in entries()}


def test_the_options_that_it_names_are_known(netspec: Command) -> None:
    blocks = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    lines = blocks.replace("\\\n", "").splitlines()
    used: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("netspec "):
            words = line.partition("  #")[0].split()
            found = used.setdefault(words[1], set())
            found |= {word for word in words if re.match("--?[a-z]", word)}
    assert used.keys() == {"import", "export", "certify", "record"}
    for command, options in used.items():
        told = netspec(command, "--help")
        assert options <= {*re.split(r"[\s,]+", told.out)}, command
