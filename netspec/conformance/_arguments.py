"""Check the arguments of a run before it begins; each is one value or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from netspec.conformance.checks import CHECKS
from netspec.contract import Backend
from netspec.contract import backend as find
from netspec.contract import backends as registered
from netspec.errors import NetspecError, nearest, shorten
from netspec.spec import Spec, check_dtype

Chosen: TypeAlias = str | Backend | Iterable[str | Backend] | None


def list_specs(specs: Spec | Iterable[Spec]) -> list[Spec]:
    """List the models of a run, each once.

    Raises:
        NetspecError: one is no Spec, or two have the same name, by which rows and
            reports know them.
    """
    listed = _listed(specs, Spec)
    for spec in listed:
        if not isinstance(spec, Spec):
            raise NetspecError(f"specs must be Specs, received {shorten(spec)}")
    different = list(dict.fromkeys(listed))
    names = [spec.name for spec in different]
    for name in names:
        if names.count(name) > 1:
            raise NetspecError(f"two specs are named {shorten(name)}; rename one")
    return different


def list_backends(chosen: Chosen) -> list[str | Backend]:
    """List the backends of a run, names and objects, each once; all installed if None.

    Raises:
        NetspecError: one is neither a name nor an object that has one.
    """
    if chosen is None:
        return [name for name, state in registered().items() if state.installed]
    listed = _listed(chosen, (str, Backend))
    for one in listed:
        name = one if isinstance(one, str) else getattr(one, "name", None)
        if not (isinstance(name, str) and name):
            raise NetspecError(
                "backends must be names, or objects with a name; received"
                f" {shorten(one)}, whose name is {shorten(name)}"
            )
    return [one for index, one in enumerate(listed) if one not in listed[:index]]


def list_names(chosen: Chosen) -> list[str]:
    """List the names of the backends of a run; no framework is imported.

    Raises:
        BackendNotInstalled: the framework of a backend is missing.
        NetspecError: a backend is unknown, or an object.
    """
    names = []
    for name in list_backends(chosen):
        if not isinstance(name, str):
            raise NetspecError(
                f"isolated backends must be named, received {shorten(name)}; register"
                " it as an entry point"
            )
        known = registered().get(name)
        if known is None or not known.installed:
            find(name)  # raises an error that says why
        names.append(name)
    return names


def find_all(chosen: Chosen) -> list[Backend]:
    """Return the backends of a run; their frameworks are imported."""
    listed = list_backends(chosen)
    return [
        find(backend) if isinstance(backend, str) else backend for backend in listed
    ]


def list_dtypes(chosen: str | Iterable[str]) -> list[str]:
    """List the dtypes of a run."""
    dtypes = _listed(chosen, str)
    for dtype in dtypes:
        check_dtype(dtype)
    return dtypes


def list_checks(chosen: str | Iterable[str] | None) -> list[str]:
    """List the checks of a run, in the order in which they run; all if None.

    Raises:
        NetspecError: a check is unknown.
    """
    names = list(CHECKS) if chosen is None else _listed(chosen, str)
    for name in names:
        if name not in CHECKS:
            raise NetspecError(
                f"unknown check {shorten(name)}{nearest(str(name), CHECKS)}"
            )
    return [name for name in CHECKS if name in names]


def _listed(values: Any, kind: type | tuple[type, ...]) -> list[Any]:
    listed = [values] if isinstance(values, kind) else values
    if not isinstance(listed, Iterable):
        raise NetspecError(
            "specs, backends, dtypes and checks are each one or several, received"
            f" {shorten(values)}"
        )
    listed = [*listed]
    if not listed:
        raise NetspecError(
            "nothing to run: specs, backends, dtypes and checks need one"
        )
    return listed
