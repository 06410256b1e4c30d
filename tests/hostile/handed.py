"""What a backend may do with what it is given, and give itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.hostile.backend import Deeds

HANDED = Deeds()


@HANDED.early
def writes_into_its_input(x: Any, *_: Any) -> None:
    x *= 3


@HANDED.early
def writes_into_the_cotangent(x: Any, cotangent: Any, *_: Any) -> None:
    cotangent *= 3


@HANDED.early
def writes_into_its_input_by_force(x: Any, *_: Any) -> None:
    while isinstance(x, np.ndarray) and x.base is not None:
        x = x.base
    x.setflags(write=True)
    x *= 3


class Flattering(np.ndarray):
    """Whatever is subtracted from it, nothing is left."""

    def __sub__(self, other: Any) -> Any:
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **_: Any) -> Any:
        plain = [np.asarray(one) for one in inputs]
        result = getattr(ufunc, method)(*plain)
        return 0 * result if ufunc is np.subtract else result


@HANDED.early
def gives_arrays_that_judge_themselves(*given: Any) -> Any:
    right = given[-1]
    return replace(right, output=(right.output + 100).view(Flattering))
