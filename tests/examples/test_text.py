"""The training of a small GPT on text: examples/text.py and examples/prose.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec
import text
from data import DataError
from nets import gpt2
from prose import EVERY, Prose, cut, topics
from text import BOTH, LIMITS, START, STEPS, begin, compare, lockstep, write
from trainers import TRAINERS, Task, train
from training import Settings

LENGTH = 16
SETTINGS = Settings(epochs=1, batch=8, lr=0.01, adam=True)


@pytest.fixture(scope="module")
def prose() -> Prose:
    return cut(topics()[:8000], LENGTH)


@pytest.fixture(scope="module")
def task(prose: Prose) -> Task:
    characters = len(prose.alphabet)
    spec = gpt2((LENGTH,), characters, 1 / 48, heads=2, blocks=1, positions=LENGTH)
    return begin(prose, spec, SETTINGS)


Losses = dict[str, dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def losses(task: Task) -> Losses:
    return {d: {name: lockstep(name, task, d) for name in BOTH} for d in LIMITS}


def test_windows_follow_each_other(prose: Prose) -> None:
    windows = prose.windows
    assert windows.train_x.shape == windows.train_y.shape
    given = iter(windows.test_x), iter(windows.train_x)
    count = len(windows.test_x) + len(windows.train_x)
    tokens = np.concatenate([next(given[i % EVERY > 0]) for i in range(count)])
    whole = topics()[: len(tokens)]
    assert "".join(prose.alphabet[token] for token in tokens) == whole
    np.testing.assert_array_equal(prose.tokens(whole), tokens)


def test_every_token_has_the_next_one_as_its_label(prose: Prose) -> None:
    windows = prose.windows
    np.testing.assert_array_equal(windows.train_x[:, 1:], windows.train_y[:, :-1])
    assert windows.test_y[0, -1] == windows.train_x[0, 0]


def test_there_is_text() -> None:
    assert len(topics()) > 400_000


@pytest.mark.parametrize("dtype", LIMITS)
def test_fifty_steps_agree(losses: Losses, dtype: str) -> None:
    first, second = (losses[dtype][name] for name in BOTH)
    assert len(first) == len(second) == STEPS
    assert first[0] - first[-1] > 0.5
    np.testing.assert_allclose(second, first, rtol=0, atol=LIMITS[dtype])


def test_dtypes_differ(losses: Losses) -> None:
    for name in BOTH:
        assert (losses["float32"][name] != losses["float64"][name]).any()


def test_too_far_apart_is_said(
    losses: Losses,
    task: Task,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def near(off: float) -> bool:
        def shifted(backend: str, _: Task, dtype: str) -> Any:
            return losses[dtype][backend] + off * (backend == "jax")

        monkeypatch.setattr(text, "lockstep", shifted)
        return compare(list(BOTH), task)

    assert near(0.0)
    assert not near(2e-9)  # in float32 it is allowed
    assert "allowed 1e-09" in capsys.readouterr().out


@pytest.mark.parametrize("backend", TRAINERS)
def test_a_net_learns_its_text_by_heart(backend: str) -> None:
    prose = cut("abc" * 54, 8)  # windows begin with each of the letters
    spec = gpt2((8,), 3, 1 / 96, heads=2, blocks=1, positions=8).without_dropout()
    settings = Settings(epochs=12, batch=4, lr=0.03, adam=True)
    training = train(backend, begin(prose, spec, settings), quiet=True)
    assert training.accuracy == 1
    written = write(backend, spec, training.params, prose, "bc", count=12)
    assert written == "bca" * 4 + "bc"


def test_only_characters_of_the_text_begin_one(task: Task, prose: Prose) -> None:
    with pytest.raises(DataError, match="has no 'é'"):
        write("torch", task.spec, task.params, prose, "é")


def test_an_empty_text_begins_none(prose: Prose) -> None:
    with pytest.raises(DataError, match="must not be empty"):
        prose.tokens("")


def test_text_for_one_window_is_too_short() -> None:
    with pytest.raises(DataError, match="need 17 characters, received 16"):
        cut("a" * 16, 8)
    assert len(cut("a" * 17, 8).windows.train_x) == 1


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the script train a smaller net on less."""
    some = topics()[:3000]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(text, "LENGTH", LENGTH)
    monkeypatch.setattr(text, "COUNT", 5)
    monkeypatch.setattr(text, "topics", lambda: some)
    monkeypatch.setattr(
        text,
        "small_gpt",
        lambda n: gpt2((LENGTH,), n, 1 / 96, heads=2, blocks=1, positions=LENGTH),
    )


def shell(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["text.py", *options])
    return text.main()


@pytest.mark.usefixtures("small")
def test_the_script_trains_writes_and_saves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--backend", "torch", "--epochs", "1", "-o", "a")
    assert shell(monkeypatch, *options) == 0
    out = capsys.readouterr().out
    assert "training loss" in out
    assert START in out
    assert max(len(line) for line in out.splitlines()) <= 88
    spec, params = netspec.load_params("a")
    assert set(params) == set(spec.parameters())


@pytest.mark.usefixtures("small")
def test_the_spec_is_written_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell(monkeypatch, "--spec", "gpt.yaml") == 0
    assert not capsys.readouterr().out
    assert netspec.load("gpt.yaml").input_shape == (LENGTH,)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--start", "é"), "the text has no 'é'"),
        (("--batch", "1000"), "batch must be at most"),
        (("--start", ""), "must not be empty"),
        (("-o", "a/b"), "no such folder"),
        (("--spec", "a/b"), "no such folder"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    message: str,
) -> None:
    assert shell(monkeypatch, *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error
