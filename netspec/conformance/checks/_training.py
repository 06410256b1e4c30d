"""`training`: steps with the framework's own optimizers are those of the reference."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

from netspec.conformance._fits import TRAINING
from netspec.conformance._subject import (
    RefusedError,
    Subject,
    UnsupportedError,
    batch_of,
)
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import unseen
from netspec.conformance.training import (
    STEPS,
    Follower,
    TrainingRun,
    judge_unwatched,
    training_runs,
)
from netspec.contract import Numerics, Trained, least_batch
from netspec.errors import BackendError
from netspec.spec import Spec

BATCH = 4
FEWEST = 3  # steps: momentum, and where its rate falls, show
PRODUCTS = 2**27  # in a step; a net with more of them makes fewer steps
AVERAGED = 16  # values of a channel in a batch: two of them normalized are +1 and -1


def training(subject: Subject) -> Findings:
    """Check steps of SGD, momentum, weight decay and Adam, on mean squared error and
    softmax cross-entropy, without dropout, each from where the backend is: what it
    subtracts from every parameter, running statistics, and losses.
    """
    train = _train(subject)
    plain = subject.spec.without_dropout()
    batch = _batch(plain)
    subject.check_memory(batch, TRAINING)
    steps = _steps(plain, batch)
    model = None
    for run in training_runs(plain, subject.seed, batch, steps):
        own = run.of(subject.dtype)
        if model is None:
            model = subject.compile(plain, params=own.params)
        else:  # the same, which shows what is left in it
            model = subject.backend.load_params(model, plain, own.params)
        yield from _follow(subject, train, model, own)


def _train(subject: Subject) -> Callable[..., Any]:
    """Return the backend's `train`.

    Raises:
        UnsupportedError: there is none, or it cannot be watched.
    """
    train: Callable[..., Any] = subject.ability("train")
    try:
        own: Any = subject.backend.own
        inspect.signature(own.train).bind(*[None] * 6, watch=None)
    except TypeError:
        raise UnsupportedError(
            "its `train` takes no watch=, a function that is told the parameters after"
            " every step: see netspec.contract.TrainingBackend"
        ) from None
    except ValueError:  # it does not tell
        return train
    return train


def _batch(spec: Spec) -> int:
    """How many examples a step has: a power of two, by which MXNet divides in float32
    without rounding. Statistics of a batch are those of enough values for a deep net,
    in which those of a few amplify rounding from layer to layer.
    """
    least = 2 if batch_of(spec) < BATCH else BATCH
    values = min(_averaged(spec), default=AVERAGED)
    while least < least_batch(spec) or least * values < AVERAGED:
        least *= 2
    return least


def _averaged(spec: Spec) -> Iterator[int]:
    """Yield, for each layer that normalizes with statistics of the batch, how many
    values of a channel an example has.
    """
    for node in spec.graph.walk():
        roles = {parameter.role for parameter in node.parameters.values()}
        if node.layer.normalizes and "running_mean" in roles:
            yield math.prod(node.input_shape[1:])


def _steps(spec: Spec, batch: int) -> int:
    """How many steps are followed, fewer where each of them is long."""
    products = batch * sum(
        kernel.size // kernel.shape[0] * math.prod(node.output_shape)
        for node in spec.graph.walk()
        for kernel in node.parameters.values()
        if kernel.role == "kernel"
    )
    return min(STEPS, max(FEWEST, STEPS * PRODUCTS // max(1, products)))


def _follow(
    subject: Subject, train: Callable[..., Any], model: Any, run: TrainingRun
) -> Findings:
    recipe, declared = run.recipe, getattr(subject.backend, "numerics", Numerics())
    numerics = declared.on(run.spec, recipe.optimizer)
    elsewhere = unseen(subject.backend, subject.device)
    follower = Follower(run, numerics, subject.dtype, elsewhere)

    def trained(own: Any, **how: Any) -> Trained:
        given = run.spec, run.xs, run.ys, recipe.optimizer, recipe.loss
        try:
            found: Trained = train(own, *given, **how)
        except BackendError as error:
            raise RefusedError(str(error)) from error
        return found

    watched = trained(model, watch=follower.watch)
    verdicts = follower.verdicts(watched)
    if recipe.optimizer.changes_rate and follower.whole:
        again = (
            trained(subject.backend.load_params(model, run.spec, run.params)).params
            for _ in range(2)
        )
        verdicts["unwatched"] = judge_unwatched(
            watched.params, again, run.params, subject.dtype
        )
    steps = f", {len(run.xs)} steps" if len(run.xs) < STEPS else ""
    for what, verdict in verdicts.items():
        yield f"{recipe.name}, {recipe.loss}{steps}: {what}", verdict
