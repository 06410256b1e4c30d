"""Calls as source: what is printed is what is built, and formatters leave it alone."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.declare.rules import TITLE, Unfit
from netspec.errors import BackendError
from netspec.layers import Identity
from netspec.program import Call, Expr, Items, Program, call, evaluate, resolve
from netspec.program.render import WIDTH, Dialect, Layout, render
from netspec.spec import Spec

DIALECT = Dialect("nothing", "builtins:list")

constants = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=40)
)


def compound(values: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(values, max_size=5).map(tuple)
    return several | several.map(Items) | several.map(joined)


def joined(values: tuple[Expr, ...]) -> Expr:
    made = call("builtins:tuple", Items(values))
    return call(".__add__", made, (1,)) if len(values) > 2 else made


expressions: st.SearchStrategy[Expr] = st.recursive(constants, compound)


def spell(target: str) -> str:
    return target.partition(":")[2]


def ruff(*arguments: str | Path) -> str:
    """What ruff has to say; empty where it is content."""
    command = [sys.executable, "-m", "ruff", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@given(expressions)
def test_printed_is_what_is_built(expr: Expr) -> None:
    source = "\n".join(Layout(spell).lines(expr, "result = "))
    found: dict[str, Any] = {"sqrt": math.sqrt}
    exec(source, found)
    assert found["result"] == evaluate(expr)
    assert type(found["result"]) is type(evaluate(expr))


def test_formatter_leaves_expressions_alone(tmp_path: Path) -> None:
    sources = []

    @given(expressions, st.booleans())
    def collect(expr: Expr, explode: bool) -> None:
        explode = explode and isinstance(expr, Call)
        lines = Layout(spell).lines(expr, "result = ", explode=explode)
        sources.append("\n".join(lines))

    collect()
    # ruff has rules of its own for quotes inside quotes
    texts = [source for source in sources if "\\" not in source and "'" not in source]
    assert texts
    (tmp_path / "printed.py").write_text("\n".join(texts) + "\n")
    assert ruff("format", "--isolated", "--diff", tmp_path) == ""


def test_what_fits_stays_on_one_line() -> None:
    name = "x" * (WIDTH - len("result = f('')"))
    (line,) = Layout(spell).lines(call("m:f", name), "result = ")
    assert len(line) == WIDTH
    assert list(Layout(spell).lines(call("m:f", name + "x"), "result = ")) == [
        "result = f(",
        f'    "{name}x",',
        ")",
    ]


def test_numbers_read_as_people_write_them() -> None:
    values = (1e-5, 1.5e-7, 1e16, 0.1, -1e-5, float("inf"))
    shown = [Layout(spell).flat(value) for value in values]
    assert shown == ["1e-5", "1.5e-7", "1e16", "0.1", "-1e-5", 'float("inf")']


@given(st.integers(1, 10**6), st.integers(1, 6), st.sampled_from([1, -1]))
def test_bounds_are_formulas_of_the_same_value(fan: int, gain: int, sign: int) -> None:
    for value in (sign / math.sqrt(fan), sign * math.sqrt(gain / fan), sign / fan):
        text = Layout(spell).flat(value)
        assert eval(text, {"sqrt": math.sqrt}) == value
    assert Layout(spell).flat(1 / math.sqrt(343)) == "1 / sqrt(343)"
    assert Layout(spell).flat(-math.sqrt(6 / 13)) == "-sqrt(6 / 13)"
    assert Layout(spell).flat(1 / 3) == "1 / 3"


def test_comments_stand_once_above_their_line() -> None:
    noted = Call("m:f", (1,), comment="why")
    lines = Layout(spell).lines(call("m:g", ("a", noted), noted), explode=True)
    assert list(lines) == ["g(", "    # why", '    ("a", f(1)),', "    f(1),", ")"]


def fits(name: str) -> bool:
    try:
        return bool(TITLE.parse(name))
    except Unfit:
        return False


def empty_source(name: str) -> str:
    program = Program(call("builtins:list", (1,)), ())
    spec = Spec(name, (1,), [Identity()])
    return render(spec, program, DIALECT, dtype="float32", carried=frozenset())


def odd_names() -> Iterator[str]:
    yield from ("a", '"', '""""""', "\\", "\\\\n", "'", "é 模型 ☃", " a  b ", "\u202e")
    yield from ('ends with "', "ends with \\", "word " * 30, "x" * 200, "\\N{DASH}")

    names: list[str] = []

    @given(st.text(st.sampled_from("\\\"'a {}\u3000\u200bé\U0001f600%"), min_size=1))
    def collect(name: str) -> None:
        names.append(name)

    collect()
    yield from filter(fits, names)


def test_a_name_is_not_broken_at_its_hyphens() -> None:
    name = "a-" * 60
    assert name in empty_source(name)


def test_any_name_gives_a_file_that_ruff_accepts(tmp_path: Path) -> None:
    for i, name in enumerate(odd_names()):
        source = empty_source(name)
        docstring = ast.get_docstring(ast.parse(source), clean=False)
        assert docstring is not None
        assert "".join(name.split()) in "".join(docstring.split())
        (tmp_path / f"named{i}.py").write_text(source)
    assert ruff("check", "--isolated", "--select", "E,F,W,I", tmp_path) == ""
    assert ruff("format", "--isolated", "--diff", tmp_path) == ""


def write_package(folder: Path, **modules: str) -> str:
    """A package with these modules, importable by the name that is returned."""
    package = folder / f"carried_{abs(hash(folder))}"
    package.mkdir()
    (package / "__init__.py").write_text("X = 1\n")
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    return package.name


def carried_source(package: str, *targets: str) -> str:
    calls = tuple(call(f"{package}.{target}") for target in targets)
    program = Program(call("builtins:list", Items(calls)), ())
    spec = Spec("s", (1,), [Identity()])
    carried = frozenset({package})
    return render(spec, program, DIALECT, dtype="float32", carried=carried)


LAYERS = '''"""Layers."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from datetime import timedelta as Delta

from .base import Base, unused

SCALE: float = 2 * math.pi


def helper() -> float:
    return SCALE


class Layer(Base):
    """Carried along."""

    def value(self) -> Layer | float:
        return helper() + Delta(days=1).days
'''
BASE = """
import os


def mark(kind):
    return kind


@mark
class Base:
    pass


unused = os
"""


def test_a_definition_brings_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = write_package(tmp_path, layers=LAYERS, base=BASE)
    source = carried_source(package, "layers:Layer")
    exported = tmp_path / "exported.py"
    exported.write_text(source)
    assert package not in source
    assert "unused" not in source
    assert "deque" not in source
    found: dict[str, Any] = {}
    exec(source, found)
    (layer,) = found["build"]()
    assert layer.value() == pytest.approx(2 * 3.141592653589793 + 1, abs=0)
    assert ruff("check", "--isolated", "--select", "E,F,W,I", exported) == ""


def test_two_definitions_of_one_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    text = "class Layer:\n    pass\n"
    package = write_package(tmp_path, one=text, two=text)
    with pytest.raises(BackendError, match=r"under the name Layer; rename one"):
        carried_source(package, "one:Layer", "two:Layer")


@pytest.mark.parametrize("name", ["build", "initialize"])
def test_names_of_the_file_itself_are_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = write_package(tmp_path, one=f"class {name}:\n    pass\n")
    with pytest.raises(BackendError, match="the exported file itself"):
        carried_source(package, f"one:{name}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "from {package} import two\nclass Layer:\n    x = two.y\n",
            "it must be a class",
        ),
        ("import {package}.two\nclass Layer:\n    x = {package}\n", "cannot be export"),
        ("def f():\n    class Layer: pass\n    return Layer\nLayer, _ = f(), 1", ""),
    ],
)
def test_what_cannot_be_carried_is_refused(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = write_package(tmp_path, two="y = 1\n")
    (tmp_path / package / "one.py").write_text(text.format(package=package))
    if message:
        with pytest.raises(BackendError, match=message):
            carried_source(package, "one:Layer")
    else:
        assert "Layer, _ = f(), 1" in carried_source(package, "one:Layer")


def test_a_class_is_a_target() -> None:
    assert call(timedelta, days=1) == call("datetime:timedelta", days=1)

    class Local:
        pass

    with pytest.raises(BackendError, match="define it at the top level of a module"):
        call(Local)


@pytest.mark.parametrize("target", ["nowhere:f", "datetime:nothing", "datetime"])
def test_a_target_that_is_not_there_is_named(target: str) -> None:
    with pytest.raises(BackendError, match=f"^{target} cannot be imported"):
        resolve(target)
