"""A wrong backend is found, what shows it is small, and it is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netspec import layers as nl
from netspec.contract import Step
from netspec.errors import NetspecError
from netspec.fuzzing import Fuzzed, Lost, Question, fuzz
from netspec.layers import Layer
from netspec.spec import Spec
from tests.backends.custom import layers as custom
from tests.backends.custom import reference  # noqa: F401 (registers it)
from tests.conformance.wrapped import Misreading, Refusing, Wrapped


def without_eps(held: Layer) -> Layer:
    """A layer, whose eps is dropped where it is a LayerNorm."""
    return replace(held, eps=1e-5) if isinstance(held, nl.LayerNorm) else held


BUGGY = Misreading(without_eps, "numpy")


class Stop(Exception):
    """Enough was seen."""


def until_failure(seed: int, **how: Any) -> Fuzzed:
    """Run until the first failure."""
    seen: list[Fuzzed] = []

    def watch(found: Fuzzed) -> None:
        seen[:] = [found]
        if found.failures:
            raise Stop

    with pytest.raises(Stop):
        fuzz(BUGGY, specs=500, seed=seed, watch=watch, **how)
    return seen[0]


def test_a_sound_backend_passes() -> None:
    found = fuzz("numpy", specs=30)
    assert found.passed
    assert found.counts == {"pass": 30}
    assert not found.offered.refused


@pytest.mark.usefixtures("few_layers")
def test_a_bug_is_found_and_shrunk_to_its_layer() -> None:
    (failure,) = until_failure(seed=0).failures
    assert failure.spec.layers == (nl.LayerNorm(1.0),)
    assert len(failure.spec.input_shape) == 1
    assert {finding.status for finding in failure.findings} == {"fail"}
    assert failure.findings[0].ratio > 10
    assert failure.file is None


def test_what_raises_is_shrunk_to_what_raises() -> None:
    class Raising(Wrapped):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            for node in spec.graph.walk():
                if isinstance(node.layer, nl.Softmax):
                    raise ZeroDivisionError("softmax")
            return super().step(model, spec, *given, **how)

    found = fuzz(Raising("numpy"), specs=60)
    assert {failure.spec.layers for failure in found.failures} == {(nl.Softmax(),)}
    assert not found.passed


def test_layers_that_a_backend_refuses_are_not_drawn() -> None:
    backend = Refusing(nl.Conv2D, "numpy")
    found = fuzz(backend, specs=20)
    assert found.offered.refused == {"Conv2D": "0 Conv2D: not built here"}
    assert found.counts == {"pass": 20}


def test_layers_of_a_user_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {kind.__name__: kind for kind in (custom.LowRank, nl.Tanh, custom.Unknown)}
    monkeypatch.setattr("netspec.fuzzing._offered.LAYERS", kinds)
    found = fuzz("numpy", specs=20, watch=None)
    assert found.offered.names == ("LowRank", "Tanh")
    assert found.offered.refused["Unknown"].startswith("the reference: ")
    assert found.counts == {"pass": 20}


def test_a_backend_that_refuses_all_has_nothing_to_draw() -> None:
    with pytest.raises(NetspecError, match="builds no layer in float64"):
        fuzz(Refusing(Layer, "numpy"))


def test_a_run_goes_on_from_its_corpus(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (failure,) = until_failure(seed=0, corpus=folder).failures
    assert failure.file is not None
    tried: list[Question] = []

    def mapper(ask: Any, questions: Iterable[Question]) -> Iterator[Any]:
        for question in questions:
            tried.append(question)
            yield ask(question)

    again = fuzz(BUGGY, specs=1, corpus=folder, mapper=mapper)
    documents = [question.document for question in tried]
    assert failure.spec.to_dict() in documents  # first of all, but for single layers
    assert failure.found.to_dict() not in documents  # which was tried
    assert again.failures[0].file == failure.file


def test_what_does_not_fail_any_more_is_said(tmp_path: Path) -> None:
    (failure,) = until_failure(seed=0, corpus=tmp_path).failures
    found = fuzz(Wrapped("numpy"), specs=1, corpus=tmp_path)  # of the same name
    assert found.mended == [failure.file]
    assert found.passed


def test_a_line_that_was_cut_off_is_tried_again(tmp_path: Path) -> None:
    fuzz("numpy", specs=2, corpus=tmp_path)
    log = tmp_path / "log.jsonl"
    text = log.read_text("utf-8")
    log.write_text(text[:-9], "utf-8")
    fuzz("numpy", specs=1, corpus=tmp_path)
    assert log.read_text("utf-8") == text


def test_the_script_of_a_failure_shows_it(tmp_path: Path) -> None:
    (failure,) = until_failure(seed=0, corpus=tmp_path).failures
    assert failure.file is not None
    script = failure.file.with_suffix(".py").read_text("utf-8")
    assert "Misreading()" in script
    sound = script.replace("Misreading()", "netspec.backend('numpy')")
    path = tmp_path / "sound.py"
    path.write_text(sound.replace("from tests.conformance.wrapped", "# "), "utf-8")
    done = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True
    )
    assert "output: pass" in done.stdout


def test_a_lost_process_is_a_failure_that_shrinks() -> None:
    def crashing(ask: Any, questions: Iterable[Question]) -> Iterator[Any]:
        for question in questions:
            bad = '"GELU"' in json.dumps(question.document)
            yield Lost("ended with 1") if bad else ask(question)

    found = fuzz("numpy", specs=60, mapper=crashing)
    assert found.counts["fail"] > 1
    (failure,) = found.failures  # the same one each time
    assert failure.spec.layers == (nl.GELU(),)
    assert failure.findings[0].reason == "ended with 1"


def test_what_takes_too_long_is_not_shrunk_and_ends_the_run() -> None:
    def hanging(ask: Any, questions: Iterable[Question]) -> Iterator[Any]:
        for question in questions:
            slow = len(question.document["layers"]) > 1
            yield Lost("no answer within 1 s", hung=True) if slow else ask(question)

    found = fuzz("numpy", specs=60, mapper=hanging)
    (failure,) = found.failures
    assert failure.spec == failure.found
    assert found.counts["fail"] == 1


def test_a_backend_of_which_each_process_is_lost_is_not_asked_of_every_layer() -> None:
    asked: list[Question] = []

    def lost(ask: Any, questions: Iterable[Question]) -> Iterator[Any]:
        for question in questions:
            asked.append(question)
            yield Lost("no answer within 1 s", hung=True)

    found = fuzz("numpy", mapper=lost)
    assert len(asked) == 3 + 3 + 1  # layers, containers, one spec
    assert not found.passed


def test_a_run_needs_an_end() -> None:
    with pytest.raises(NetspecError, match="give specs, minutes or both"):
        fuzz("numpy", specs=None)
    assert fuzz("numpy", specs=None, minutes=0).counts == {}


def test_ctrl_c_keeps_what_was_found() -> None:
    def watch(found: Fuzzed) -> None:
        if found.counts.total() == 3:
            raise KeyboardInterrupt

    found = fuzz("numpy", watch=watch)
    assert found.counts == {"pass": 3}
    assert not found.complete


@pytest.mark.parametrize("backend", [3, None, "tensorflow"])
def test_a_backend_that_is_none_is_refused(backend: Any) -> None:
    with pytest.raises(NetspecError, match="backend"):
        fuzz(backend)
