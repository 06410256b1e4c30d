"""Choose the backends that ``--to`` names, and let each make something of a spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from netspec.contract import Backend, backend, backends
from netspec.errors import BackendError, BackendNotInstalled

ALL = "all"
Made = TypeVar("Made")


def chosen(to: str) -> tuple[str, ...]:
    """Return the backends of these names, which commas separate; for `ALL`, those of
    all installed frameworks.

    Frameworks that are not installed are named on stderr.

    Raises:
        BackendNotInstalled: for `ALL`, no framework is installed.
    """
    if to != ALL:
        return tuple(dict.fromkeys(name.strip() for name in to.split(",")))
    # The reference needs no framework, and has no source; that of a variant is the same
    found = {
        name: state
        for name, state in backends().items()
        if state.requirement and not state.variant_of
    }
    for name, state in found.items():
        if not state.installed:
            needs = f"{name}: needs {state.requirement}, which is not installed"
            typer.echo(f"{needs}; run: {state.hint}", err=True)
    installed = tuple(name for name, state in found.items() if state.installed)
    if not installed:
        raise BackendNotInstalled(
            "no framework is installed; netspec backends shows what to run"
        )
    return installed


def make_each(
    names: tuple[str, ...], make: Callable[[Backend], Made]
) -> tuple[dict[str, Made], list[str]]:
    """Return what each backend makes, by name, and the refusals of those that raise.

    Args:
        names: names of the backends.
        make: is called with each backend.

    Raises:
        BackendError: the only backend refuses.
    """
    made: dict[str, Made] = {}
    refusals: list[str] = []
    for name in names:
        try:
            made[name] = make(backend(name))
        except BackendError as error:
            if len(names) == 1:
                raise
            refusals.append(f"{name}: {error}")
    return made, refusals
