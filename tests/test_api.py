"""compile and export, before a framework is asked for anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import netspec as ns


@pytest.mark.parametrize("verb", [ns.compile, ns.export])
@pytest.mark.parametrize("received", ["mlp.yaml", None, {"netspec": 1}, ns.Dense(2)])
def test_only_specs_are_taken(verb: Callable[..., Any], received: object) -> None:
    with pytest.raises(ns.SpecError, match=r"spec must be a Spec, .*netspec\.load"):
        verb(received, "torch")


def test_parameters_come_from_one_place() -> None:
    spec = ns.Spec("small", (3,), [ns.Dense(2)])
    params = ns.init_params(spec, 0)
    with pytest.raises(ns.BackendError, match="give one of them"):
        ns.compile(spec, "torch", params=params, seed=0)
