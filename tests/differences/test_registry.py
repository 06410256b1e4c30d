"""Reading entries, finding them, and running witnesses that are right or wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec import NetspecError
from netspec.differences import Difference, entries, find, read, witness
from netspec.spec import documents

RIGHT: dict[str, Any] = {
    "id": "torch-adds",
    "title": "PyTorch adds",
    "about": ["arrays"],
    "cause": "It can.",
    "formula": "x + 1",
    "handling": "exact",
    "advice": "Add.",
    "setup": "x = np.arange(3.0)",
    "witness": {"torch": "torch.tensor(x) + 1"},
    "relation": "(torch == x + 1).all()",
}
ASKED = {"value": "torch", "because": "It adds.", "right": True}
WRONG = {"value": "x", "because": "It does not."}


@pytest.fixture
def entry(tmp_path: Path) -> Difference:
    return only(tmp_path)


def only(folder: Path, **changes: object) -> Difference:
    """The entry above with other fields, as a file gives it."""
    (made,) = read([write(folder / "made.yaml", [RIGHT | changes])])
    return made


def write(path: Path, document: object) -> Path:
    path.write_text(documents.to_yaml(document))
    return path


def test_entries_are_found_by_id() -> None:
    for known in entries():
        assert find(known.id) is known
    with pytest.raises(NetspecError, match="did you mean 'dense-flatten'"):
        find("dense-flaten")


def test_an_entry_is_read_whole(entry: Difference) -> None:
    for name, value in RIGHT.items():
        read_back = getattr(entry, name)
        assert read_back == (tuple(value) if isinstance(value, list) else value)
    assert entry.frameworks.keys() == {"torch"}
    assert len({entry, replace(entry), replace(entry, title="Another")}) == 2


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "Torch Adds"}, "Torch Adds: .*id must be lower-case words joined by h"),
        ({"colour": 1}, "torch-adds: Difference has no field 'colour'"),
        ({"about": ["Dens"]}, r"torch-adds: .*about must be a list of types of layers"),
        ({"about": []}, "about must be a list of types of layers"),
        ({"handling": "fixed"}, "handling must be one of 'exact', 'declared', 'refus"),
        ({"cause": " "}, "cause must be text"),
        ({"setup": "x = ="}, "setup must be Python code"),
        ({"witness": {"torhc": "1"}}, "witness must be a mapping from gluon, torch, j"),
        ({"witness": {"torch": "x = 1"}}, "ends with an expression or sets `result`"),
        ({"witness": {"torch": "1 +"}}, "ends with an expression or sets `result`"),
        ({"witness": {}}, "witness must be a mapping from"),
        ({"relation": "x = 1"}, "relation must be a Python expression"),
        ({"raises": ["jax"]}, "raises names 'jax', which the witness lacks"),
        ({"spec": {"input_shape": [1]}}, "spec and backends need each other"),
        ({"backends": ["torch"]}, "spec and backends need each other"),
        ({"numerics": "running_variance"}, "numerics need handling 'declared', rece"),
        ({"level": "hard"}, "level must be one of 'beginner', 'intermediate', 'advan"),
        ({"after": ["torch-adds"]}, "after names 'torch-adds', the entry itself"),
        ({"question": "What?"}, "question and choices need each other"),
        ({"choices": [WRONG, ASKED]}, "question and choices need each other"),
        ({"question": "?", "choices": [ASKED]}, "choices must be 2 to 5, of which one"),
        ({"question": "?", "choices": [WRONG, WRONG]}, "received 2, 0 of them right"),
        (
            {"question": "?", "choices": [{"value": "1"}, ASKED]},
            r"choices\[0\] Choice needs because",
        ),
        ({"equal": {"jax": "1"}}, "equal names 'jax', which the witness lacks"),
        ({"matters": [{"lesson": "adam", "claim": "c"}]}, "lesson must be a lesson of"),
        (
            {"wild": [{"url": "https://github.com/a/b", "says": "s"}]},
            r"wild\[0\] Sighting.*url must be the URL of a public issue",
        ),
        ({"exercise": {"task": "Add."}}, "exercise Exercise needs key"),
    ],
)
def test_an_entry_that_breaks_a_rule(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(NetspecError, match=f"^made.yaml: .*{problem}"):
        only(tmp_path, **changes)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "not valid YAML"),
        ("id: a", "must be a list of entries, received {'id': 'a'}"),
        ("- 3", "entry 0: Difference must be a mapping, received 3"),
        ("- {id: a-b}", "a-b: Difference needs title, about, cause"),
        ("- &a {id: a-b}\n- *a", "YAML aliases are refused"),
    ],
)
def test_a_file_that_is_no_list_of_entries(
    tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(content)
    with pytest.raises(NetspecError, match="^made.yaml: " + re.escape(problem)):
        read([path])


def test_an_id_stands_once(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.yaml", [RIGHT]) for name in "ab"]
    with pytest.raises(NetspecError, match=r"b.yaml: torch-adds: .* taken in a.yaml"):
        read(files)


@pytest.mark.parametrize(
    ("after", "problem"),
    [
        ({"torch-adds": ["torch-add"]}, "torch-adds: after names 'torch-add'; did you"),
        ({"torch-adds": ["b-c"], "b-c": ["torch-adds"]}, "after goes in a circle: "),
    ],
)
def test_an_order_that_cannot_be_kept(
    tmp_path: Path, after: dict[str, list[str]], problem: str
) -> None:
    listed = [RIGHT | {"id": id_, "after": before} for id_, before in after.items()]
    with pytest.raises(NetspecError, match=problem):
        read([write(tmp_path / "made.yaml", listed)])


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NetspecError, match=r"none\.yaml: cannot be read"):
        read([tmp_path / "none.yaml"])


def test_a_witness_gives_arrays(entry: Difference) -> None:
    seen = witness(entry)
    assert seen.holds
    assert seen.problem == ""
    assert type(seen.results["torch"]) is np.ndarray


def test_results_need_no_framework(tmp_path: Path) -> None:
    code = "torch.ones(2, requires_grad=True), 'a', None, (1.5, [torch.tensor(2)])"
    seen = witness(only(tmp_path, witness={"torch": code}, relation="len(torch) == 4"))
    ones, *others, (number, (scalar,)) = seen.results["torch"]
    assert seen.holds
    assert (ones == 1).all()
    assert (others, number) == (["a", None], 1.5)
    assert type(scalar) is type(ones) is np.ndarray


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"relation": "(torch == x).all()"}, "the relation is false"),
        ({"relation": "torch == jax"}, "the relation raises NameError"),
        ({"witness": {"torch": "torch.tensor(x)"}}, "the relation is false"),
        ({"witness": {"torch": "torch.ones(2) + torch.ones(3)"}}, "torch raises Runt"),
        ({"raises": ["torch"]}, "torch no longer raises"),
    ],
)
def test_a_witness_that_does_not_hold(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    seen = witness(only(tmp_path, **changes))
    assert seen.holds is False
    assert seen.problem.startswith(problem)


def test_an_error_can_be_the_result(tmp_path: Path) -> None:
    changes = {
        "witness": {"torch": "raise IndexError('out of\\n  range')"},
        "raises": ["torch"],
        "relation": "torch == 'IndexError: out of range'",
    }
    # what raises gives no result, so it ends with one that is never reached
    changes["witness"]["torch"] += "\nNone"  # type: ignore[index]
    assert witness(only(tmp_path, **changes)).holds


def test_snippets_see_nothing_of_each_other(tmp_path: Path) -> None:
    codes = {"torch": "x += 1; x", "jax": "x"}
    seen = witness(only(tmp_path, witness=codes, relation="(torch == jax + 1).all()"))
    assert seen.holds
    leaking = {"torch": "leaked = 1; x", "jax": "leaked"}
    assert "NameError" in witness(only(tmp_path, witness=leaking)).problem


def test_draws_are_seeded(tmp_path: Path) -> None:
    code = {"torch": "torch.randn(3)", "gluon": "nd.random.normal(shape=(3,))"}
    drawn = only(tmp_path, witness=code, relation="torch.shape == gluon.shape")
    first, second = witness(drawn), witness(drawn)
    for framework in code:
        assert (first.results[framework] == second.results[framework]).all()


def test_a_package_that_is_missing_leaves_the_rest(tmp_path: Path) -> None:
    codes = {"torch": "torch.tensor(x) + 1", "jax": "import not_a_package\nNone"}
    seen = witness(only(tmp_path, witness=codes))
    assert seen.holds is None
    assert seen.missing == {"jax": "pip install not_a_package"}
    assert seen.results.keys() == {"torch"}
