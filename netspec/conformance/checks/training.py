"""`training`: whole runs with the framework's own optimizers follow the reference."""

from __future__ import annotations

from netspec.backend import Array, Numerics
from netspec.conformance.agreement import judge_all
from netspec.conformance.checks.base import Findings, unless
from netspec.conformance.course import Course, courses, exact, expected
from netspec.conformance.subject import Subject, UnsupportedError, batch_of
from netspec.errors import BackendError
from netspec.training import Trained

BATCH = 4  # a power of two: MXNet divides by it in float32
PARAMETERS = 2**23  # of a model that the reference trains, ten at once


def training(subject: Subject) -> Findings:
    """Twenty steps of SGD, momentum, weight decay and Adam, on mean squared error and
    softmax cross-entropy, without dropout: the losses of all steps, and parameters and
    running statistics after the last.
    """
    subject.ability("train")
    plain = subject.spec.without_dropout()
    size = sum(parameter.size for parameter in plain.parameters().values())
    if size > PARAMETERS:
        raise UnsupportedError(
            f"{size:,} parameters: the reference trains up to {PARAMETERS:,}"
        )
    batch = 2 if batch_of(plain) < BATCH else BATCH
    for course in courses(plain, subject.seed, batch):
        yield from _follow(subject, course)


def _follow(subject: Subject, course: Course) -> Findings:
    recipe, declared = course.recipe, getattr(subject.backend, "numerics", Numerics())
    numerics = declared.on(course.spec, recipe.optimizer)
    verdicts = judge_all(
        _tensors(_train(subject, course)),
        expected(course, numerics, subject.dtype),
        numerics,
        lambda other: exact(course, other),
    )
    ambiguous = {
        p: n for (dtype, p), n in course.doubts.items() if dtype == subject.dtype
    }
    for tensor, verdict in verdicts.items():
        yield f"{recipe.name}, {recipe.loss}: {tensor}", unless(ambiguous, verdict)


def _train(subject: Subject, course: Course) -> Trained:
    def fit(array: Array) -> Array:
        return array.astype(subject.dtype) if array.dtype.kind == "f" else array

    params = {path: fit(value) for path, value in course.params.items()}
    model = subject.compile(course.spec, params=params)
    train = subject.ability("train")
    xs, ys, recipe = fit(course.xs), fit(course.ys), course.recipe
    try:
        trained: Trained = train(
            model, course.spec, xs, ys, recipe.optimizer, recipe.loss
        )
    except BackendError as error:
        raise UnsupportedError(str(error)) from error
    return trained


def _tensors(trained: Trained) -> dict[str, Array]:
    return {"losses": trained.losses, **trained.params}
