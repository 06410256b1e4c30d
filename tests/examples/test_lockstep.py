"""Training by plain SGD, without dropout, in every framework: the losses are those of
the reference, as far as rounding lets them.
"""

from __future__ import annotations

import numpy as np
import pytest

import data
import lockstep
import netspec
from lockstep import RATE, STEPS, plain
from netspec import BatchNorm, Dense, Dropout, Layer, ReLU, Residual, Spec, Tanh
from netspec.conformance.judging import REPLICAS, UNIT_ROUNDOFF, Expected, judge
from netspec.contract import Optimizer
from netspec.reference import Arithmetic, Descent, Exact, Learner, Perturbed, Run, train
from tests.examples.fashion import write_folder
from trainers import TRAINERS, Task
from training import Settings


def small_spec(activation: Layer) -> Spec:
    body = [Dense(16), activation, Dense(16)]
    layers = [Dense(16), BatchNorm(), activation, Dropout(0.5), Residual(body)]
    return Spec("small", (784,), [*layers, activation, Dense(10)])


# In float32 rounding moves some input of a ReLU across zero within the hundred steps,
# which no bound on rounding covers; in float64 that has a chance of about 1e-8
SPECS = {"float32": small_spec(Tanh()), "float64": small_spec(ReLU())}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> data.Dataset:
    folder = write_folder(tmp_path_factory.mktemp("images"), train=256, test=2)
    return data.load(folder)


@pytest.fixture(scope="module", params=SPECS)
def dtype(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def task(images: data.Dataset, dtype: str) -> Task:
    spec = SPECS[dtype]
    return Task(spec, netspec.init_params(spec, 0), images, Settings(batch=16))


@pytest.fixture(scope="module")
def expected(task: Task, dtype: str) -> list[Expected]:
    """What the loss of each step is, by the one rule of the tolerance."""
    same, unit = plain(task, dtype), UNIT_ROUNDOFF[dtype]
    exact = reference(same, Exact(), Exact())
    rounded = [
        reference(same, Perturbed(unit, seed), Perturbed(2 * unit, seed + REPLICAS))
        for seed in range(REPLICAS)
    ]
    spreads = np.sqrt(np.mean([(run - exact) ** 2 for run in rounded], axis=0))
    return [Expected(*pair, dtype) for pair in zip(exact, spreads, strict=True)]


def reference(task: Task, ops: Arithmetic, coarse: Arithmetic) -> data.Array:
    """The losses in float64, with rounding: of values, and of updated parameters."""
    spec, params, images, settings = task
    wide = {path: value.astype(np.float64) for path, value in params.items()}
    learner = Learner(
        *(spec, wide, Descent(Optimizer("sgd", RATE), ops=ops), "cross_entropy"),
        lambda params: Run(params, train=True, ops=ops),
    )

    def after(step: int) -> None:
        learner.params = {p: coarse.value(value) for p, value in learner.params.items()}

    epochs = settings.epochs_of_batches(len(images.train_y))
    rows = np.concatenate(list(epochs))[:STEPS]
    xs = images.train_x.astype(np.float64)[rows]
    return train(learner, xs, images.train_y[rows], [RATE] * STEPS, after)


def statuses(losses: data.Array, expected: list[Expected], dtype: str) -> set[str]:
    steps = zip(losses.astype(dtype), expected, strict=True)
    return {judge(np.asarray(loss), one).status for loss, one in steps}


@pytest.mark.parametrize("backend", TRAINERS)
def test_losses_of_a_hundred_steps_are_those_of_the_reference(
    task: Task, expected: list[Expected], dtype: str, backend: str
) -> None:
    losses = lockstep.lockstep([backend], task, dtype)[backend]
    assert statuses(losses, expected, dtype) == {"pass"}


def test_another_rate_shows(
    task: Task, expected: list[Expected], dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockstep, "RATE", RATE * 1.01)
    losses = lockstep.lockstep(["torch"], task, dtype)["torch"]
    assert "fail" in statuses(losses, expected, dtype)


def test_another_order_of_the_images_shows(
    task: Task, expected: list[Expected], dtype: str
) -> None:
    other = task._replace(settings=task.settings._replace(seed=1))
    losses = lockstep.lockstep(["torch"], other, dtype)["torch"]
    assert "fail" in statuses(losses, expected, dtype)


def test_the_table_has_the_largest_difference_of_any_step() -> None:
    ones = np.ones(STEPS)
    off = ones + 0.25 * (np.arange(STEPS) == 7)
    runs = {
        "float32": {"torch": ones, "jax": off},
        "float64": {"torch": off, "jax": off},
    }
    rows = [line.split() for line in lockstep.table(runs).splitlines()]
    assert ["jax", "2.5e-01", "0.0e+00"] in rows
    apart = lockstep.distances(runs["float32"])["jax"]
    np.testing.assert_array_equal(apart, 0.25 * (np.arange(STEPS) >= 7))
