"""Every public name of what most people import has an example, and it is true."""

from __future__ import annotations

import doctest
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from netspec.init import INITIALIZERS
from netspec.layers import LAYERS

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs/guide"))  # as `make docs` does
examples = import_module("building.examples")
names = import_module("building.names")
NEEDED = {"gluon": "mxnet", "mxnet": "mxnet", "onnx": "onnx"}


def listed() -> Iterator[tuple[str, str]]:
    """Every class and function that needs an example."""
    for page in sorted((ROOT / "docs/guide/api").glob("*.md")):
        for module, lines in names.FENCE.findall(page.read_text(encoding="utf-8")):
            for line in filter(None, lines.splitlines()):
                name, _, meaning = line.partition(": ")
                if module in names.EXEMPLIFIED and not meaning:
                    yield module, name


@cache
def begun(module: str) -> dict[str, Any]:
    """What the examples of a module begin with; made once."""
    known: dict[str, Any] = {}
    for line in doctest.DocTestParser().get_examples(examples.begin(module)):
        exec(line.source, known)
    return known


@pytest.mark.parametrize(("module", "name"), [*listed()])
def test_the_example_of_a_name_is_true(
    module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for registry in (LAYERS, INITIALIZERS):  # what is registered here is not kept
        held = {kind: registry[kind] for kind in registry}
        monkeypatch.setattr(registry, "_kinds", held)
    if not find_spec(needed := NEEDED.get(name, "numpy")):  # MXNet needs our shim first
        pytest.skip(f"{needed} is not installed")
    written = examples.of(module, name)
    value = getattr(import_module(module), name)
    session = written or inspect.getdoc(inspect.unwrap(value)) or ""
    known = dict(begun(module)) if written else {name: value}
    test = doctest.DocTestParser().get_doctest(session, known, name, None, 0)
    assert test.examples
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_a_name_without_an_example_is_refused() -> None:
    with pytest.raises(ValueError, match=r"netspec.rules has no example; write it"):
        examples.of("netspec", "rules")


def test_what_is_written_is_of_public_names() -> None:
    for module in names.EXEMPLIFIED:
        for name in examples.sections(module):
            assert hasattr(import_module(module), name), f"{module}.{name}"
