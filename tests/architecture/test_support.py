"""What the exported files of a backend carry along has one name each: any two may meet
in one file.
"""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from tests.architecture.imports import modules, text_of

SUPPORT = sorted(found for found in modules() if ".support." in found)
BACKENDS = sorted({name.partition(".")[0] for name in SUPPORT})


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement at the top of a module gives."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_two_definitions_share_a_name(backend: str) -> None:
    modules_of = defaultdict(set)
    for module in SUPPORT:
        if module.startswith(f"{backend}."):
            for statement in ast.parse(text_of(module)).body:
                for name in bound(statement):
                    modules_of[name].add(module)
    shared = {name: found for name, found in modules_of.items() if len(found) > 1}
    assert not shared, "define it once, and import it from there"
