"""One training in one framework."""

from __future__ import annotations

import time
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import numpy as np

import netspec
from data import Array, Dataset
from netspec import NetspecError
from netspec.errors import BackendError
from training import Report, Settings

# By backend: the module beside this one with that framework's training loop
TRAINERS = {"torch": "train_torch", "gluon": "train_gluon", "jax": "train_jax"}


class Task(NamedTuple):
    """What every framework starts from.

    Attributes:
        spec: the model.
        params: first weights by path, in the dtype to train in.
        images: to train on and to test with; or windows of text.
        settings: how to train.
    """

    spec: netspec.Spec
    params: dict[str, Array]
    images: Dataset
    settings: Settings


class Training(NamedTuple):
    """What a training gives.

    Attributes:
        params: trained parameters by path.
        losses: float64 (steps,), the mean training loss of each step, in nats.
        accuracy: on the test data, 0 to 1.
    """

    params: dict[str, Array]
    losses: Array
    accuracy: float


def train(backend: str, task: Task, quiet: bool = False) -> Training:
    """Train in the dtype of the first weights.

    Raises:
        NetspecError: the backend is missing, or cannot build the spec; or a loss is
            infinite or NaN.
    """
    spec, params, images, settings = task
    dtype = next(iter(params.values())).dtype.name
    model = netspec.compile(spec, backend, params=params, dtype=dtype)
    loop = companion(TRAINERS[backend]).train
    start = time.perf_counter()
    with Report(backend, settings, len(images.train_y), quiet) as report:
        model = loop(model, images, settings, report)
    if not quiet:
        print(f"{backend}: trained in {time.perf_counter() - start:.0f} s")
    if not np.isfinite(report.losses).all():
        raise NetspecError(
            f"{backend}: training diverged, its loss became {report.losses[-1]}; take a"
            f" smaller learning rate than {settings.lr:g}"
        )
    trained = netspec.backend(backend).params(model, spec)
    return Training(trained, np.array(report.losses), report.accuracy)


def usable(
    backends: Iterable[str], spec: netspec.Spec, dtypes: Iterable[str]
) -> list[str]:
    """Those of the backends that can train the spec here; prints why others cannot.

    Raises:
        NetspecError: fewer than two can, so that there is nothing to compare.
    """
    able = []
    for backend in backends:
        try:
            for dtype in dtypes:
                netspec.compile(spec, backend, dtype=dtype)
            companion(TRAINERS[backend])
        except BackendError as error:
            print(f"{backend} is left out: {error}")
        else:
            able.append(backend)
    if len(able) < 2:
        remedy = f"; train with --backend {able[0]}" if able else ""
        raise NetspecError(
            f"a comparison needs two frameworks or more, {len(able)} can be used"
            + remedy
        )
    return able


def companion(module: str) -> ModuleType:
    """Import a module beside this one that needs more than netspec does.

    Raises:
        BackendError: something that it imports is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise BackendError(
            f"examples/{module}.py needs {error.name}, which is not installed; run:"
            f" pip install {error.name}"
        ) from None
