"""`training`: whole runs with the framework's own optimizers follow the reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from netspec.conformance._subject import Subject, UnsupportedError, batch_of
from netspec.conformance.checks._base import Findings, unless
from netspec.conformance.judging import judge_all, undecide, unseen
from netspec.conformance.trajectories import Trajectory, exact, expected, trajectories
from netspec.contract import Array, Arrays, Numerics, least_batch
from netspec.errors import BackendError
from netspec.spec import Spec

BATCH = 4

# What the reference trains, ten models at once: parameters, and products in a step
PARAMETERS = 2**23
PRODUCTS = 2**25


def training(subject: Subject) -> Findings:
    """Check twenty steps of SGD, momentum, weight decay and Adam, on mean squared error
    and softmax cross-entropy, without dropout: the losses of all steps, and parameters
    and running statistics after the last.
    """
    subject.ability("train")
    plain = subject.spec.without_dropout()
    batch = _batch(plain)
    _check_size(plain, batch)
    model = None
    for course in trajectories(plain, subject.seed, batch):
        params = _fit(course.params, subject.dtype)
        if model is None:
            model = subject.compile(plain, params=params)
        else:  # the same, so that what was compiled for it serves again
            model = subject.backend.load_params(model, plain, params)
        yield from _follow(subject, model, course)


def _batch(spec: Spec) -> int:
    """How many examples a step has: a power of two, by which MXNet divides in float32
    without rounding.
    """
    least = 2 if batch_of(spec) < BATCH else BATCH
    while least < least_batch(spec):
        least *= 2
    return least


def _check_size(spec: Spec, batch: int) -> None:
    size = sum(parameter.size for parameter in spec.parameters().values())
    products = batch * sum(
        kernel.size // kernel.shape[0] * math.prod(node.output_shape)
        for node in spec.graph.walk()
        for kernel in node.parameters.values()
        if kernel.role == "kernel"
    )
    if size > PARAMETERS or products > PRODUCTS:
        raise UnsupportedError(
            f"{size:,} parameters and {products:,} products in a step: the reference"
            f" trains up to {PARAMETERS:,} and {PRODUCTS:,}; give it a narrower model"
        )


def _follow(subject: Subject, model: Any, course: Trajectory) -> Findings:
    recipe, declared = course.recipe, getattr(subject.backend, "numerics", Numerics())
    numerics = declared.on(course.spec, recipe.optimizer)
    wanted = expected(course, numerics, subject.dtype), numerics
    following: Callable[[Numerics], Arrays] = lambda other: exact(course, other)  # noqa: E731
    verdicts = judge_all(_train(subject, model, course), *wanted, following)
    elsewhere = unseen(subject.backend, subject.device)
    verdicts = undecide(verdicts, *wanted, following, elsewhere)
    doubts = course.doubts.items()
    ambiguous = {path: n for (dtype, path), n in doubts if dtype == subject.dtype}
    for tensor, verdict in verdicts.items():
        yield f"{recipe.name}, {recipe.loss}: {tensor}", unless(ambiguous, verdict)


def _train(subject: Subject, model: Any, course: Trajectory) -> dict[str, Array]:
    """Train a model; return the losses and, by path, the last parameters."""
    batches = _fit({"xs": course.xs, "ys": course.ys}, subject.dtype)
    optimizer, loss = course.recipe.optimizer, course.recipe.loss
    train = subject.ability("train")
    try:
        trained = train(model, course.spec, *batches.values(), optimizer, loss)
    except BackendError as error:
        raise UnsupportedError(str(error)) from error
    return {"losses": trained.losses, **trained.params}


def _fit(arrays: Arrays, dtype: str) -> dict[str, Array]:
    """Convert arrays to the format under test; integers stay as they are."""
    return {
        name: array.astype(dtype) if np.issubdtype(array.dtype, np.floating) else array
        for name, array in arrays.items()
    }
