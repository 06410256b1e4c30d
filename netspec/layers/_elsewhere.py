"""What each layer is called in other frameworks, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("elsewhere.yaml")

# Whose names they are, as errors say it
WHOSE: Mapping[str, str] = {
    "torch": "PyTorch's",
    "keras": "Keras'",
    "gluon": "Gluon's",
    "flax": "Flax's",
}


@cache
def elsewhere() -> Mapping[str, Mapping[str, str]]:
    """Return, by layer and framework, the name that is nearest, as code there has it:
    ``elsewhere()["Dense"]["torch"]`` is ``"nn.Linear"``.
    """
    document: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_bytes())
    return document


def last_part(name: str) -> str:
    """Return what a name ends with: ``"Linear"`` of ``"nn.Linear"``."""
    return name.partition("(")[0].rpartition(".")[2]


def named(name: str) -> tuple[str, list[str]]:
    """Find the layers that some framework knows by a name, whatever its case.

    Returns:
        Whose name it is, in full, as in ``"PyTorch's nn.Linear"``; and the layers, none
        if no framework has it.
    """
    asked = last_part(name).lower()
    for framework, whose in WHOSE.items():
        found = {
            own: names[framework]
            for own, names in elsewhere().items()
            if framework in names and last_part(names[framework]).lower() == asked
        }
        if found:
            return f"{whose} {next(iter(found.values()))}", [*found]
    return "", []
