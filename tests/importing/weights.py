"""A spec, its weights, and names that others have for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import ParameterError, Spec, adopt
from netspec.contract import Array, Arrays

SPEC = Spec(
    "small", (4,), [ns.Dense(4), ns.BatchNorm(), ns.ReLU(), ns.Dense(4), ns.Dense(2)]
)
PARAMS = ns.init_params(SPEC, 3)
COUNTER = {"1.num_batches_tracked": np.array(7)}
# As a module of PyTorch might have called them, in its order
NAMES = {
    "0.weight": "fc1.weight",
    "0.bias": "fc1.bias",
    "1.weight": "norm.weight",
    "1.bias": "norm.bias",
    "1.running_mean": "norm.running_mean",
    "1.running_var": "norm.running_var",
    "3.weight": "fc2.weight",
    "3.bias": "fc2.bias",
    "4.weight": "head.weight",
    "4.bias": "head.bias",
}


def renamed(names: dict[str, str] = NAMES, params: Arrays = PARAMS) -> dict[str, Array]:
    return {names[path]: params[path] for path in names}


def same(found: Arrays, wanted: Arrays = PARAMS) -> bool:
    assert list(found) == list(wanted)
    return all(np.array_equal(found[path], wanted[path]) for path in wanted)


def refusal(source: Any, names: Any = None, spec: Spec = SPEC) -> str:
    with pytest.raises(ParameterError) as caught:
        adopt(spec, source, names)
    return str(caught.value)
