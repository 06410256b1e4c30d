"""Plan a conformance run: what it does, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from netspec.conformance._arguments import (
    Chosen,
    find_all,
    list_checks,
    list_dtypes,
    list_specs,
)
from netspec.conformance._subject import Subject
from netspec.conformance._subnets import part
from netspec.conformance.checks import ALONE, CHECKS
from netspec.conformance.judging import Verdict
from netspec.conformance.report import Row
from netspec.layers import Container
from netspec.spec import Spec, label, shape_text

REFERENCE = "numpy"  # ours, which interprets specs: it has nothing to export


class Unit(NamedTuple):
    """One unit of a run: a check of a subject."""

    subject: Subject
    check: str

    @property
    def key(self) -> tuple[str, str]:
        """Names of backend and check, by which elapsed time is summed."""
        return self.subject.backend.name, self.check

    def row(self, what: str, verdict: Verdict) -> Row:
        """Return the row of a verdict.

        Args:
            what: what was compared, such as ``"training: grad 0.weight"``.
            verdict: result of the comparison.
        """
        backend, check = self.key
        spec, dtype = self.subject.spec.name, self.subject.dtype
        return Row(check, backend, spec, dtype, what, verdict)


def plan(
    specs: Spec | Iterable[Spec],
    backends: Chosen = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
    quick: bool = False,
    device: str | None = None,
    weights: Mapping[str, str] | None = None,
) -> list[Unit]:
    """List the units of a run, in order.

    Args:
        specs: the models; each of their layers is checked alone, too.
        backends: names or objects; all that are installed if None.
        dtypes: ``"float64"``, ``"float32"``.
        checks: names; all if None.
        seed: seed of all random draws.
        quick: compile quickly wherever a backend can.
        device: where backends run, such as ``"gpu"``; their own choice if None.
        weights: files of trained weights, by the name of their spec.

    Raises:
        NetspecError: an argument names nothing, or a framework is not installed.
    """
    chosen = list_checks(checks)
    files = weights or {}
    return [
        unit
        for spec, alone in models(specs)
        for dtype in list_dtypes(dtypes)
        for backend in find_all(backends)
        for unit in units(
            Subject(
                *(backend, spec, dtype, seed, alone, quick, device),
                weights=None if alone else files.get(spec.name),
            ),
            chosen,
        )
    ]


def units(subject: Subject, checks: Iterable[str] = CHECKS) -> Iterator[Unit]:
    """Yield a unit for each check that has something to compare in a subject."""
    name, held = subject.backend.name, subject.weights is not None
    for check in checks_of(subject.spec, subject.alone, name, checks, held):
        yield Unit(subject, check)


def checks_of(
    spec: Spec, alone: bool, backend: str, checks: Iterable[str], trained: bool
) -> list[str]:
    """List the checks, of some, that have something to compare in a model of a backend,
    known by its name.

    Args:
        spec: the model.
        alone: whether it is a single layer.
        backend: name of the backend.
        checks: names of the checks.
        trained: whether there are weights that it was trained to.
    """
    return [
        check
        for check in checks
        if check in ALONE or not alone
        if not (check == "source" and backend == REFERENCE)
        if trained or check != "trained"
        if NEEDS.get(check, _anything)(spec)
    ]


def _anything(spec: Spec) -> bool:
    return True


def _parameters(spec: Spec) -> bool:
    return bool(spec.parameters())


def _trainable(spec: Spec) -> bool:
    return any(parameter.trainable for parameter in spec.parameters().values())


def _state(spec: Spec) -> bool:
    return not all(parameter.trainable for parameter in spec.parameters().values())


def _dropout(spec: Spec) -> bool:
    return any(node.layer.random for node in spec.graph.walk())


def _gradients(spec: Spec) -> bool:
    return spec.input_dtype == "float" or _parameters(spec)


# Tells whether a spec has anything that a check can compare
NEEDS: dict[str, Callable[[Spec], bool]] = {
    "gradients": _gradients,
    "state": _state,
    "dropout": _dropout,
    "init_values": _parameters,
    "init_statistics": _parameters,
    "training": _trainable,
}


def models(specs: Spec | Iterable[Spec]) -> Iterator[tuple[Spec, bool]]:
    """Yield every layer alone, with True, then every whole net, with False."""
    whole = list_specs(specs)
    alone = dict.fromkeys(layer for spec in whole for layer in layers_of(spec))
    yield from ((spec, True) for spec in alone)
    yield from ((spec, False) for spec in whole)


def layers_of(spec: Spec) -> tuple[Spec, ...]:
    """Return a spec for each different layer of a model, on the shape that it reads."""
    return tuple(dict.fromkeys(layers_by_path(spec).values()))


@lru_cache(maxsize=64)
def layers_by_path(spec: Spec) -> Mapping[str, Spec]:
    """Return a spec for each layer of a model alone, by the path of the layer.

    There is none for a layer that reads indices and has no parameters, and so no dtype.
    """
    plain = spec.without_dropout()
    nodes = (n for n in plain.graph.walk() if not isinstance(n.layer, Container))
    return {
        node.path: part(
            f"{label(node.layer)} on {shape_text(node.input_shape)}",
            plain,
            [node],
        )
        for node in nodes
        if node.input_kind == "float" or node.parameters
    }
