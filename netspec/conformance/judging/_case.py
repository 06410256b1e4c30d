"""A case: a model, and the numbers at which backends are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netspec.contract import Array
from netspec.spec import Spec


@dataclass(frozen=True, eq=False)
class Case:
    """A model, and all numbers that one evaluation of it needs. Once it has been
    evaluated, its arrays do not change any more.

    Attributes:
        spec: the model.
        params: parameters by canonical path, in the dtype under test.
        x: a batch of inputs, (batch, *input_shape).
        cotangent: gradient with respect to the output, (batch, *output_shape).
        train: True for training mode, False for evaluation.
        dtype: the format under test, ``"float32"`` or ``"float64"``.
        masks: dropout masks (True where a value is kept) by path of the Dropout layer.
    """

    spec: Spec
    params: Mapping[str, Array]
    x: Array
    cotangent: Array
    train: bool
    dtype: str
    masks: Mapping[str, Array] = field(default_factory=dict)
