"""Recordings: written whole, read back as they were, fresh, and true to the entries."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from netspec import NetspecError
from netspec.differences import (
    FRAMEWORKS,
    Difference,
    decoded,
    encoded,
    entries,
    find,
    recall,
    record,
    recordings,
    witness,
)
from tests.test_imports import FRAMEWORKS as HEAVY
from tests.test_imports import imported

HOME = import_module("netspec.differences._frameworks")

COMMAND = "netspec differences --record"
MOMENTUM = "batchnorm-momentum"

dtypes = ["float32", "float64", "float16", "int64", "int32", "uint8", "bool"]
arrays: st.SearchStrategy[Any] = st.sampled_from(dtypes).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_side=9))
)
results = st.recursive(
    st.one_of(arrays, st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=5,
)


def same(one: Any, other: Any) -> bool:
    """Whether two results are the same, NaN for NaN, types and shapes, too."""
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return type(one) is type(other) and repr(one) == repr(other)


@given(results)
def test_a_result_is_read_back_as_it_was(result: Any) -> None:
    document = json.loads(json.dumps(encoded(result), allow_nan=False))
    assert same(result, decoded(document))


@pytest.mark.parametrize("array", [np.ones(4097), np.array(["a"]), np.ones(1) * 1j])
def test_what_cannot_be_recorded_is_refused(array: np.ndarray) -> None:
    with pytest.raises(NetspecError, match="cannot be recorded, at most 4,096"):
        encoded(array)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_the_relation_holds_of_what_was_recorded(entry: Difference) -> None:
    seen = recall(entry)
    assert not seen.stale, f"of another snippet: {seen.stale}; run: {COMMAND}"
    assert set(seen.recorded) == set(entry.witness), f"not recorded; run: {COMMAND}"
    assert seen.holds, seen.problem


def test_each_framework_is_recorded_on_the_version_that_entries_name() -> None:
    assert {n: r.version for n, r in recordings().items()} == {
        name: framework.seen for name, framework in FRAMEWORKS.items()
    }


def test_recordings_name_no_folder_of_the_machine_that_made_them() -> None:
    for recording in recordings().values():
        told = json.dumps(recording.outputs)
        assert str(Path.cwd()) not in told
        assert "site-packages" not in told


def test_what_is_recalled_imports_no_framework() -> None:
    code = "from netspec.differences import *; [recall(e) for e in entries()]"
    assert imported(code).isdisjoint(HEAVY)


def test_files_are_written_for_what_is_installed(tmp_path: Path) -> None:
    entry = find(MOMENTUM)
    paths = record(tmp_path, [entry])
    written = {path.name.partition("-")[0]: path for path in paths}
    assert {"gluon", "torch"} <= written.keys()
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    document = json.loads(written["torch"].read_text())
    assert written["torch"].stem == f"torch-{document['version']}"
    (output,) = document["outputs"].values()
    assert same(decoded(output["result"]), witness(entry).results["torch"])


def test_nothing_is_written_of_what_no_longer_holds(tmp_path: Path) -> None:
    broken = replace(find(MOMENTUM), relation="np.allclose(gluon, torch)")
    with pytest.raises(NetspecError, match=f"{MOMENTUM}: is not recorded: the rel"):
        record(tmp_path, [find("dense-flatten"), broken])
    assert [*tmp_path.iterdir()] == []


def test_a_recording_stands_in_for_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HOME, "find_spec", lambda name: None)
    entry = find("layernorm-keras-epsilon")
    assert witness(entry).holds is None
    seen = witness(entry, stand_in=True)
    assert seen.holds
    assert [*seen.recorded] == ["keras"]
    assert [*seen.results] == [*entry.witness]


def test_a_recording_of_another_snippet_is_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HOME, "find_spec", lambda name: None)
    entry = find("layernorm-keras-epsilon")
    for changed in (
        replace(entry, setup="x = np.array([[-0.2, 0.2]], np.float32)"),
        replace(entry, witness={**entry.witness, "keras": "x"}),
    ):
        seen = witness(changed, stand_in=True)
        assert seen.holds is None
        assert seen.stale == ("keras",)
        assert "keras" in seen.missing
