"""Completion: what a shell asks for, and the script with which it asks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def ask(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netspec", *arguments]
    return subprocess.run(
        command, env=os.environ | env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "completed"),
    [("netspec conf", ["conform"]), ("netspec layers --js", ["--json"])],
)
def test_bash_completes_commands_and_options(words: str, completed: list[str]) -> None:
    at = str(words.count(" "))
    asked = {"COMP_WORDS": words, "COMP_CWORD": at}
    done = ask(_NETSPEC_COMPLETE="complete_bash", **asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == completed


def test_the_script_is_shown() -> None:
    done = ask("--show-completion", "bash")
    assert (done.returncode, done.stderr) == (0, "")
    assert "_NETSPEC_COMPLETE=complete_bash" in done.stdout
