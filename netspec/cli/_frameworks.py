"""Choose the backends that ``--to`` names, and let each make something of a spec."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import typer

from netspec.contract import Writer, backends, writer, writes_alone
from netspec.errors import BackendError

ALL = "all"
Made = TypeVar("Made")


def chosen(to: str) -> tuple[str, ...]:
    """Return the backends of these names, which commas separate; for `ALL`, those of
    all frameworks that are installed, or for which text is written without.

    The others are named on stderr.
    """
    if to != ALL:
        return tuple(dict.fromkeys(name.strip() for name in to.split(",")))
    # The reference needs no framework, and has no source; that of a variant is the same
    found = {
        name: state
        for name, state in backends().items()
        if state.requirement and not state.variant_of
    }
    missing = {
        name: state
        for name, state in found.items()
        if not state.installed and not writes_alone(name)
    }
    for name, state in missing.items():
        needs = f"{name}: needs {state.requirement}, which is not installed"
        typer.echo(f"{needs}; run: {state.hint}", err=True)
    return tuple(name for name in found if name not in missing)


def make_each(
    names: tuple[str, ...], make: Callable[[Writer], Made]
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
            made[name] = make(writer(name))
        except BackendError as error:
            if len(names) == 1:
                raise
            refusals.append(f"{name}: {error}")
    return made, refusals
