"""What was imported is kept in one file: spec, arrays, and what they were called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

import netspec as ns
from netspec.importing import Imported, load, load_names

SPEC = ns.Spec("small", (3,), [ns.Dense(2), ns.BatchNorm()])
PARAMS = ns.init_params(SPEC, 0)
NAMES = {path: f"model.{path}" for path in PARAMS}
FOUND = Imported(SPEC, PARAMS, NAMES, ("a note",), ("extra",), ("head: aten.relu",))


def same(found: Imported, expected: Imported) -> bool:
    rest = ["spec", "names", "notes", "unused", "training_only"]
    equal = all(getattr(found, key) == getattr(expected, key) for key in rest)
    arrays = ((found.params[p], held) for p, held in expected.params.items())
    return equal and all(np.array_equal(one, other) for one, other in arrays)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    FOUND.save(path)
    assert same(load(path), FOUND)
    assert load_names(path) == NAMES
    assert [*load_names(path)] == [*PARAMS]
    assert ns.load_params(path)[0] == SPEC


@given(name=st.text(), note=st.text())
def test_names_are_any_text(
    tmp_path_factory: pytest.TempPathFactory, name: str, note: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "net.safetensors"
    found = Imported(SPEC, PARAMS, dict.fromkeys(PARAMS, name), (note,))
    found.save(path)
    assert same(load(path), found)


def test_files_that_were_not_imported_have_no_names(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    ns.save_params(path, SPEC, PARAMS)
    assert load_names(path) == {}
    assert same(load(path), Imported(SPEC, PARAMS, {}))


WRONG: dict[str, Any] = {
    "names that are a list": {"netspec.names": "[1]"},
    "names of numbers": {"netspec.names": '{"0.weight": 1}'},
    "notes that are text": {"netspec.notes": '"one"'},
    "no JSON": {"netspec.names": "{"},
    "a key twice": {"netspec.names": '{"a": "b", "a": "c"}'},
}


@pytest.mark.parametrize("held", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("read", [load, load_names])
def test_what_is_damaged_is_refused(
    tmp_path: Path, held: dict[str, str], read: Callable[[Path], Any]
) -> None:
    path = tmp_path / "net.safetensors"
    save_file(PARAMS, path, {"netspec": json.dumps(SPEC.to_dict()), **held})
    (key,) = held
    if read is load_names and key == "netspec.notes":
        assert load_names(path) == {}
        return
    with pytest.raises(ns.ParameterError, match=f"net.safetensors: its {key} "):
        read(path)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ns.ParameterError, match="none: cannot be read"):
        load_names(tmp_path / "none")
