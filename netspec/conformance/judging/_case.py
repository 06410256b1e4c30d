"""A model with numbers: what is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netspec.contract import Array
from netspec.spec import Spec


@dataclass(frozen=True, eq=False)
class Case:
    """A model with numbers: everything that an evaluation needs. Its arrays do not
    change any more once it has been evaluated.

    Attributes:
        spec: the model.
        params: parameters by canonical path, in the dtype under test.
        x: a batch.
        cotangent: gradient with respect to the output.
        train: training or evaluation mode.
        dtype: the format under test.
        masks: kept positions by path of a Dropout.
    """

    spec: Spec
    params: Mapping[str, Array]
    x: Array
    cotangent: Array
    train: bool
    dtype: str
    masks: Mapping[str, Array] = field(default_factory=dict)
