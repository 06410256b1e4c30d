"""MXNet without imports that take as long as all the rest of it.

MXNet 1.9.1 imports scipy.stats for the calibration of int8 networks and for its test
utilities, where it now waits for its first use, and scikit-learn, where that is
installed, for a base class of `mx.model.FeedForward`, deprecated since 2017, which now
has none.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import get_ident
from typing import Any


class Missing:
    """A finder by which this thread, and no other, does not find some modules."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names, self._thread = names, get_ident()

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._names and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is left out", name=name)


class Later:
    """A module that is imported when something in it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside, those of these modules that nobody has imported yet are missing."""
    finder = Missing(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with without("scipy.stats", "sklearn"):
    import netspec_gluon.mxnet191.shim  # noqa: F401  (imports MXNet)

from mxnet import test_utils  # noqa: E402
from mxnet.contrib import quantization  # noqa: E402

quantization.stats = quantization.stats or Later("scipy.stats")
test_utils.ss = test_utils.ss or Later("scipy.stats")
