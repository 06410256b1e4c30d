"""What a conformance run does, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from netspec.backend import Backend
from netspec.backend import backend as find
from netspec.backend import backends as installed
from netspec.checks import check_dtype
from netspec.conformance.checks import ALONE, CHECKS
from netspec.conformance.subject import Subject
from netspec.declare import nearest, shorten
from netspec.errors import NetspecError
from netspec.layers import Container, Dropout
from netspec.spec import Spec
from netspec.summary import label, shape_text


class Unit(NamedTuple):
    """One piece of a run: a check of a subject."""

    subject: Subject
    check: str

    @property
    def key(self) -> tuple[str, str]:
        """Backend and check: what time is counted by."""
        return self.subject.backend.name, self.check


def plan(
    specs: Spec | Iterable[Spec],
    backends: str | Backend | Iterable[str | Backend] | None = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    checks: str | Iterable[str] | None = None,
    seed: int = 0,
) -> list[Unit]:
    """The units of a run, in order; the arguments are those of `conform`."""
    chosen = _checks(checks)
    return [
        unit
        for spec, alone in _models(specs)
        for dtype in _dtypes(dtypes)
        for backend in _backends(backends)
        for unit in units(Subject(backend, spec, dtype, seed, alone), chosen)
    ]


def units(subject: Subject, checks: Iterable[str] = CHECKS) -> Iterator[Unit]:
    """The checks that have something to look at in a subject."""
    for check in checks:
        planned = check in ALONE or not subject.alone
        if planned and NEEDS.get(check, _anything)(subject.spec):
            yield Unit(subject, check)


def _anything(spec: Spec) -> bool:
    return True


def _parameters(spec: Spec) -> bool:
    return bool(spec.parameters())


def _state(spec: Spec) -> bool:
    return not all(parameter.trainable for parameter in spec.parameters().values())


def _dropout(spec: Spec) -> bool:
    return any(isinstance(node.layer, Dropout) for node in spec.graph.walk())


def _gradients(spec: Spec) -> bool:
    return spec.input_dtype == "float" or _parameters(spec)


# What a spec must have so that a check can see anything
NEEDS: dict[str, Callable[[Spec], bool]] = {
    "gradients": _gradients,
    "state": _state,
    "dropout": _dropout,
    "init_values": _parameters,
    "init_statistics": _parameters,
    "training": _parameters,
}


def _models(specs: Spec | Iterable[Spec]) -> Iterator[tuple[Spec, bool]]:
    """Every layer alone, then every whole net."""
    whole = _listed(specs, Spec)
    for spec in whole:
        if not isinstance(spec, Spec):
            raise NetspecError(f"specs must be Specs, received {shorten(spec)}")
    alone = dict.fromkeys(layer for spec in whole for layer in layers_of(spec))
    yield from ((spec, True) for spec in alone)
    yield from ((spec, False) for spec in whole)


@lru_cache(maxsize=64)
def layers_of(spec: Spec) -> tuple[Spec, ...]:
    """A spec for each different layer of a model, on the shape that it reads."""
    plain = spec.without_dropout()
    nodes = (n for n in plain.graph.walk() if not isinstance(n.layer, Container))
    found = (
        Spec(
            f"{label(node.layer)} on {shape_text(node.input_shape)}",
            node.input_shape,
            [node.layer],
            init=spec.init,
            input_dtype=node.layer.reads,
        )
        for node in nodes
    )
    return tuple(dict.fromkeys(found))


def _backends(
    chosen: str | Backend | Iterable[str | Backend] | None,
) -> Iterator[Backend]:
    if chosen is None:
        chosen = [name for name, state in installed().items() if state.installed]
    for backend in _listed(chosen, (str, Backend)):
        yield find(backend) if isinstance(backend, str) else backend


def _dtypes(chosen: str | Iterable[str]) -> list[str]:
    dtypes = _listed(chosen, str)
    for dtype in dtypes:
        check_dtype(dtype)
    return dtypes


def _checks(chosen: str | Iterable[str] | None) -> list[str]:
    names = list(CHECKS) if chosen is None else _listed(chosen, str)
    for name in names:
        if name not in CHECKS:
            raise NetspecError(f"unknown check {name!r}{nearest(str(name), CHECKS)}")
    return [name for name in CHECKS if name in names]


def _listed(values: Any, kind: type | tuple[type, ...]) -> list[Any]:
    """One value, or several, as a list of at least one."""
    listed: list[Any] = [values] if isinstance(values, kind) else [*values]
    if not listed:
        raise NetspecError(
            "nothing to run: specs, backends, dtypes and checks need one"
        )
    return listed
