"""Check the arguments of a run before it begins; each is one value or several."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from netspec.conformance.checks import CHECKS
from netspec.contract import Backend, name_of
from netspec.contract import backend as find
from netspec.contract import backends as registered
from netspec.errors import NetspecError, nearest, shorten
from netspec.spec import Spec, check_dtype, load_params

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


def list_backends(chosen: Chosen, apart: bool = False) -> list[str | Backend]:
    """List the backends of a run, names and objects, each once; all installed if None.

    Args:
        chosen: by name, or objects.
        apart: whether each runs in a process of its own; if not, all that are installed
            are those that one process can hold.

    Raises:
        NetspecError: one is neither a name nor an object that has one.
    """
    if chosen is None:
        return [
            name
            for name, state in registered().items()
            if state.installed and (apart or not state.variant_of)
        ]
    listed = _listed(chosen, (str, Backend))
    for one in listed:
        if not (isinstance(one, str) and one):
            name_of(one)
    # by identity: whether two objects are equal may be no truth value
    known = {one if isinstance(one, str) else id(one): one for one in listed}
    return list(known.values())


def check_installed(names: Iterable[str]) -> None:
    """Refuse backends that cannot be loaded; no framework is imported.

    Raises:
        BackendNotInstalled: the framework of a backend is missing.
        NetspecError: a backend is unknown.
    """
    known = registered()
    for name in names:
        if name not in known or not known[name].installed:
            find(name)  # raises an error that says why


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


def check_device(device: str | None) -> str | None:
    """Refuse what does not read as a kind of device and a number.

    Raises:
        NetspecError: neither None nor text such as ``"cpu"`` or ``"gpu:1"``.
    """
    named = isinstance(device, str) and re.fullmatch("[a-z]+(:[0-9]+)?", device)
    if device is None or named:
        return device
    raise NetspecError(
        f"device must be a kind and a number, such as 'gpu' or 'gpu:1', received"
        f" {shorten(device)}"
    )


def list_weights(
    weights: Mapping[str, str | os.PathLike[str]] | None, specs: Iterable[Spec]
) -> dict[str, str]:
    """List files of trained weights by the name of their spec, and read each once.

    Raises:
        NetspecError: no spec has the name, or a file does not fit its spec.
    """
    known = {spec.name: spec for spec in specs}
    found = {}
    for name, path in (weights or {}).items():
        if name not in known:
            raise NetspecError(
                f"weights of no spec: {shorten(name)}{nearest(name, known)}"
            )
        load_params(path, known[name])
        found[name] = os.path.abspath(path)
    return found


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
    listed = [values] if _is(values, kind) else values
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


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    try:
        return isinstance(value, kind)
    except Exception:  # of a property that the protocol looks at: what else has one?
        return True
