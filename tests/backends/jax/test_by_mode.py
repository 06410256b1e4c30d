"""What does not ask for the mode is compiled once for both; what asks, for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

from netspec_jax._by_mode import ByMode

ONE, TWO = np.ones(1, np.float32), np.ones(2, np.float32)


def programs(
    asks: Callable[[Any], bool], shared: bool = True
) -> tuple[ByMode, list[bool]]:
    """Programs that turn the sign in training, if they ask; and what was traced."""
    traced: list[bool] = []

    def make(train: Any) -> Callable[..., Any]:
        def run(x: Any) -> Any:
            traced.append(True)
            return -x if asks(x) and train else x

        return jax.jit(run)

    return ByMode(make, shared), traced


@pytest.mark.parametrize("modes", [[False, True, False], [True, False, True]])
def test_one_program_serves_both_modes(modes: list[bool]) -> None:
    run, traced = programs(lambda x: False)
    assert [float(run(train, ONE)[0]) for train in modes] == [1, 1, 1]
    assert len(traced) == 1


@pytest.mark.parametrize("modes", [[False, True, False], [True, False, True]])
def test_what_asks_gets_its_mode(modes: list[bool]) -> None:
    run, traced = programs(lambda x: True)
    signs = [float(run(train, ONE)[0]) for train in modes]
    assert signs == [-1 if train else 1 for train in modes]
    assert len(traced) == 2


@pytest.mark.parametrize("modes", [[False, True, False], [True, False, True]])
def test_what_asks_later_gets_its_mode(modes: list[bool]) -> None:
    run, _ = programs(lambda x: x.shape == (2,))
    for x in (ONE, TWO, ONE):
        for train in modes:
            assert float(run(train, x)[0]) == (-1 if train and len(x) == 2 else 1)


def test_modes_may_be_kept_apart() -> None:
    run, traced = programs(lambda x: False, shared=False)
    assert [float(run(train, ONE)[0]) for train in (False, True, False)] == [1, 1, 1]
    assert len(traced) == 2
