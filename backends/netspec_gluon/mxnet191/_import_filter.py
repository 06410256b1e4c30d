"""Import MXNet without two imports that take as long as everything else in it.

MXNet 1.9.1 imports scipy.stats for the calibration of int8 networks and for its test
utilities; there it is now imported on first use. It imports scikit-learn, if installed,
for a base class of `mx.model.FeedForward`, deprecated since 2017, which now has no base
class.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import get_ident
from typing import Any


class Missing:
    """An import hook that hides some modules from this thread, and from no other."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names, self._thread = names, get_ident()

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._names and get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is left out", name=name)


class Later:
    """A module that is imported on first use."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Hide modules from imports in this context, unless they are imported already."""
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
