"""All mistakes of a file at once, and calls that other frameworks would take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netspec as ns
from netspec import SpecError
from netspec.declare import fields_of
from netspec.layers import LAYERS
from netspec.spec import load
from tests.command import Command

BAD = """netspec: 1
name: bad
input_shape: [4]
layers:
  - {type: Dense, units: -1, bias: 3}
  - type: Den
  - type: Sequential
    layers:
      - {type: ReLU, "slope": [1, {a: 2}]}
      - type: BatchNorm
        momentum: 0.9
        eps: -1
      - type: Dense
init: {weight: {type: Normal, std: -3}}
"""
FOUND = [
    (("layers", 0), 5, "units must be a positive integer"),
    (("layers", 0), 5, "bias must be true or false"),
    (("layers", 1), 6, "did you mean 'Dense'?"),
    (("layers", 2, "layers", 0), 9, "ReLU has no field 'slope'"),
    (("layers", 2, "layers", 1), 10, "netspec explain batchnorm-momentum"),
    (("layers", 2, "layers", 1), 10, "eps must be a positive number"),
    (("layers", 2, "layers", 2), 13, "Dense needs units"),
    (("init", "weight"), 14, "std must be a non-negative number"),
]


def write(folder: Path, text: str, name: str = "bad.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> SpecError:
    with pytest.raises(SpecError) as caught:
        load(path)
    return caught.value


def test_all_mistakes_of_a_file_are_found(tmp_path: Path) -> None:
    error = refused(write(tmp_path, BAD))
    assert [(p.path, p.line) for p in error.problems] == [f[:2] for f in FOUND]
    for problem, (*_, text) in zip(error.problems, FOUND, strict=True):
        assert text in problem.text
    assert str(error).count("\n") == len(FOUND) - 1
    assert (error.path, error.problem) == (FOUND[0][0], error.problems[0].text)


def test_the_command_line_prints_each_on_a_line(
    tmp_path: Path, netspec: Command
) -> None:
    code, out, err = netspec("show", write(tmp_path, BAD))
    lines = err.splitlines()
    assert (code, out, len(lines)) == (2, "", len(FOUND))
    assert all(line.startswith("error: ") for line in lines)
    assert lines[2].endswith("layers[1] unknown layer 'Den'; did you mean 'Dense'?"
                             " (line 6)")  # fmt: skip


def test_a_shape_that_does_not_fit_has_a_line(tmp_path: Path) -> None:
    good = "netspec: 1\nname: a\ninput_shape: [4]\nlayers:\n- type: Flatten\n"
    (problem,) = refused(write(tmp_path, good + "- {type: MaxPool2D}")).problems
    assert (problem.path, problem.line) == (("layers", 1), 6)
    pool = "- {type: MaxPool2D, kernel_size: 2}\n"
    (problem,) = refused(write(tmp_path, good + pool)).problems
    assert (problem.path, problem.line) == (("layers", 1), 6)


def test_lines_of_json(tmp_path: Path) -> None:
    layers = [{"type": "ReLU"}, {"type": "Dense", "units": 0}]
    document = {"netspec": 1, "name": "a", "input_shape": [4], "layers": layers}
    text = json.dumps(document, indent=2)
    (problem,) = refused(write(tmp_path, text, "bad.json")).problems
    assert problem.line == 11


wrong: Any = ns  # calls that no type checker lets pass


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: wrong.Dense(20, 30), "Dense takes units by position"),
        (lambda: wrong.Dense(20, 30), "PyTorch's nn.Linear(in, out) is Dense(out)"),
        (lambda: wrong.Dense(20, 30), "received (20, 30)"),
        (lambda: wrong.Conv2D(3, 64, 3), "nn.Conv2d(in, out, kernel) is Conv2D(out,"),
        (lambda: wrong.Dense(out_features=3), "'out_features'; here it is units"),
        (lambda: wrong.Conv2D(filters=3, kernel_size=1), "here it is channels"),
        (lambda: wrong.Dropout(p=0.5), "'p'; here it is rate"),
        (lambda: wrong.BatchNorm(epsilon=1e-3), "'epsilon'; here it is eps"),
        (lambda: wrong.BatchNorm(momentum=0.1), "decay = 1 - momentum (PyTorch)"),
        (lambda: wrong.Dense(3, activation="relu"), "such as ReLU after it"),
        (wrong.Dense, "Dense needs units"),
        (lambda: wrong.Dense(3, units=4), "is given units twice"),
        (lambda: wrong.ReLU(True), "ReLU takes nothing by position"),
        (lambda: wrong.Spec("a", (3,)), "Spec needs layers"),
        (lambda: wrong.Normal(0.1, 2), "Normal takes"),
    ],
)
def test_a_wrong_call_gets_the_hint_of_a_file(
    build: Callable[[], object], said: str
) -> None:
    with pytest.raises(SpecError) as caught:
        build()
    assert said in str(caught.value)


OURS = [LAYERS[n] for n in LAYERS if LAYERS[n].__module__.startswith("netspec.")]
BOTH = {"HardTanh"}  # bounds that belong together


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: str(kind.__name__))
def test_the_first_field_and_what_has_no_default_is_positional(
    kind: type[ns.Layer],
) -> None:
    taken = [f for f in kind.__dataclass_fields__.values() if f.init]
    given = {field.name for field in taken if not field.kw_only}
    own = {n: f for n, f in fields_of(kind).items() if n not in kind.trailing}
    wanted = {n for i, n in enumerate(own) if i == 0 or own[n].required}
    assert given == ({*own} if kind.__name__ in BOTH else wanted)
