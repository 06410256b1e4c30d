"""Models that code of the user's builds: ``module:function``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import reduce
from importlib import import_module
from typing import Any

import typer

from netspec.cli._imports import look_here
from netspec.contract import backend, backends
from netspec.errors import NetspecError, nearest, said, shorten

NAMED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
# Which function of `netspec.importing` reads what has a class of this package
READERS = {"torch": "torch", "mxnet": "gluon"}


def is_code(word: str) -> bool:
    """Tell whether a word names code, as in ``package.module:build``."""
    return NAMED.fullmatch(word) is not None


def build(where: str) -> tuple[str, Any]:
    """Run code of the user's, and say so.

    Args:
        where: the module, a colon and what it has: a model, or what is called without
            arguments and gives one.

    Returns:
        The name of the function of `netspec.importing` that reads it, and the model.

    Raises:
        NetspecError: the code raises, or gives no model.
    """
    typer.echo(f"{where}: runs this code of yours", err=True)
    module, _, attribute = where.partition(":")
    _prepare()
    with _users(where):
        found = _held(import_module(module), attribute, where)
        if callable(found) and (isinstance(found, type) or _reader(found) is None):
            found = found()
    reader = _reader(found)
    if reader is None:
        raise NetspecError(
            f"{where}: gives {shorten(found)}; let it give a module of PyTorch or a"
            " block of Gluon"
        )
    return reader, found


def _prepare() -> None:
    """Import the backends, without which a framework may not be imported at all."""
    state = backends()
    for name in READERS.values():
        if state[name].installed:
            backend(name)


def _held(module: Any, attribute: str, where: str) -> Any:
    try:
        return reduce(getattr, attribute.split("."), module)
    except AttributeError:
        hint = nearest(attribute, [n for n in vars(module) if not n.startswith("_")])
        raise NetspecError(f"{where}: {module.__name__} has none{hint}") from None


def _reader(found: object) -> str | None:
    packages = (kind.__module__.partition(".")[0] for kind in type(found).__mro__)
    return next((READERS[one] for one in packages if one in READERS), None)


@contextmanager
def _users(where: str) -> Iterator[None]:
    """Inside, code of the user's runs: it finds modules of the current folder, what it
    prints is no result of ours, and what it raises is told in a line.
    """
    look_here(where)
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (KeyboardInterrupt, NetspecError, MemoryError):
        raise
    except BaseException as error:  # it may even call sys.exit
        raise NetspecError(
            f"{where}: {type(error).__name__}: {said(error)}; name a module of this"
            " folder or of an installed package, and what builds the model in it"
        ) from error
