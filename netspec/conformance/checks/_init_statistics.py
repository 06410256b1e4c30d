"""`init_statistics`: first weights drawn by the framework follow their laws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace

from netspec.conformance import statistics
from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import failed
from netspec.contract import Array
from netspec.init import DrawnParameter, Zeros
from netspec.layers import Layer, Shape
from netspec.spec import Placed, Spec

SIZE, ROWS = 2**20, 2**11  # not square, so that the fans differ
WHOLE_SIZE, WHOLE_ROWS = 2**16, 2**9  # for laws that need a factorization
WINDOW = (3, 2, 1)


def init_statistics(subject: Subject) -> Findings:
    """Check that every parameter of a model compiled without parameters and seed
    follows the law of its initializer, and so does a large one for each different layer
    and initializer.
    """
    subject.need("first_weights")
    spec, drawn = subject.spec, _draw(subject, subject.spec)
    for path, parameter in spec.parameters().items():
        found = _examine(subject, drawn, path, parameter, many=False)
        yield path, statistics.worst(verdict for _, verdict in found)
    yield from _own_values(spec, drawn)
    for large, name in dict.fromkeys(_large_models(spec)):
        yield from _large(subject, large, name)


def _draw(subject: Subject, spec: Spec) -> Mapping[str, Array]:
    """Return native first weights, from the subject's seed if the backend takes one."""
    seeded = getattr(subject.backend, "seeded", None)
    with seeded(subject.seed) if seeded else nullcontext():
        model = subject.compile(spec)
    return subject.backend.params(model, spec)


def _examine(
    subject: Subject,
    drawn: Mapping[str, Array],
    path: str,
    parameter: DrawnParameter,
    many: bool,
) -> Findings:
    values = drawn[path]
    if reason := statistics.malformed(path, values, parameter.shape, subject.dtype):
        yield "form", failed(reason)
    else:
        yield from statistics.examine(values, parameter.law, many=many)


def _own_values(spec: Spec, drawn: Mapping[str, Array]) -> Findings:
    """Check that parameters of one shape do not share their values."""
    alike = defaultdict(list)
    for path, parameter in spec.parameters().items():
        if parameter.law.std and not parameter.law.whole:
            sample = statistics.thinned(drawn[path], parameter.law)
            alike[parameter.shape].append(sample)
    found = [
        statistics.drawn_apart(group) for group in alike.values() if len(group) > 1
    ]
    if found:
        yield "parameters have values of their own", statistics.worst(found)


def _large(subject: Subject, spec: Spec, name: str) -> Findings:
    drawn, path = _draw(subject, spec), f"0.{name}"
    parameter = spec.parameters()[path]
    for test, verdict in _examine(subject, drawn, path, parameter, many=True):
        shown = None
        if test == "Kolmogorov-Smirnov":
            shown = statistics.histogram(drawn[path], parameter.law)
        yield f"{spec.name}: {test}", replace(verdict, histogram=shown)


# A large model for each different layer, parameter and initializer


def _large_models(spec: Spec) -> Iterator[tuple[Spec, str]]:
    for node in spec.graph.walk():
        for name, parameter in node.own.items():
            large = node.layer.enlarged(*_sizes(parameter))
            if parameter.law.std and large:
                yield _large_model(node, name, *large), name


def _large_model(node: Placed, name: str, shape: Shape, large: Layer) -> Spec:
    drawn = node.parameters[name].initializer
    init = {other: drawn if other == name else Zeros() for other in node.parameters}
    kind, grouped = type(large).__name__, getattr(large, "groups", 1) > 1
    title = f"{'grouped ' * grouped}{kind} {name}, {drawn!r}"
    layer = replace(large, init=init)  # type: ignore[call-arg]
    reads = "int" if large.reads == "int" else "float"
    return Spec(title, shape, [layer], input_dtype=reads)


def _sizes(parameter: DrawnParameter) -> tuple[int, int, Shape]:
    """Return rows, columns and the window of a kernel that make a parameter large."""
    if len(parameter.shape) == 1:
        return SIZE, 3, (1, 1, 1)
    if parameter.law.whole:
        return WHOLE_ROWS, WHOLE_SIZE // WHOLE_ROWS, WINDOW
    return ROWS, SIZE // ROWS, WINDOW
