"""What a probe is given is checked before anything is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec
from netspec import Dense, Spec
from tests.signals.nets import deep


def test_more_than_the_memory_is_refused_before_it_is_drawn() -> None:
    values = Spec("wide", (2**31 - 1, 2**30), [netspec.ReLU()])  # 2^61 of them
    with pytest.raises(netspec.NetspecError, match="activations, as many grad") as no:
        netspec.probe(values)
    assert "'wide' holds 73,786" in str(no.value)
    dense = Spec("dense", (70_000,), [Dense(70_000, bias=False)] * 20)
    with pytest.raises(netspec.NetspecError, match="98,000,000,000 parameters"):
        netspec.probe(dense)
    net = Spec("net", (1000,), [Dense(3)])
    with pytest.raises(netspec.NetspecError, match="take a smaller batch or fewer st"):
        netspec.probe(net, steps=10**9)
    with pytest.raises(netspec.NetspecError, match="take a smaller batch or fewer st"):
        netspec.probe(net, batch=10**12)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"x": 5}, "x must be a NumPy array, received int"),
        ({"x": np.ma.masked_array(np.ones((2, 8), "f4"))}, "x must have no mask"),
        ({"x": np.ones((2, 8))}, "x must be float32"),
        ({"jacobian": "no"}, "jacobian must be True or False, received 'no'"),
        ({"lr": "0.1"}, "lr must be a positive number, received '0.1'"),
        ({"backend": ["torch"]}, "given by its name, such as 'torch', received"),
        ({"backend": 5}, "given by its name, such as 'torch', received 5"),
    ],
)
def test_arguments_of_other_types(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(netspec.NetspecError, match=problem):
        netspec.probe(deep(2, 8), **given)
