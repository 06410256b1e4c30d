"""Parameters on their way in and out: portable weights, loading, reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netspec import BatchNorm, Dense, ReLU, Spec
from netspec.contract import Array
from tests.conformance.wrapped import Wrapped
from tests.kills.bug import bug
from tests.kills.inject import joined, patched, tampered

TWINS = Spec("twins", (6,), [Dense(6), ReLU(), Dense(6), BatchNorm()])
LOAD = "outputs gradients init_values"

Params = Mapping[str, Array]


def swapped(one: str, other: str) -> Callable[[Params], Params]:
    """Two parameters of one shape change places."""

    def change(params: Params) -> Params:
        if not {one, other} <= set(params):  # a layer of the net, alone
            return params
        return {**params, one: params[other], other: params[one]}

    return change


def drawn(change: Callable[..., Any]) -> Any:
    """Portable weights are drawn otherwise, given ``draw_into`` or ``init_params``."""
    return joined(
        patched("netspec_torch._backend:draw_into", change),
        patched("netspec_torch._backend:init_params", change),
    )


def through_float16(params: Params) -> Params:
    return {p: v.astype(np.float16).astype(v.dtype) for p, v in params.items()}


def one_ulp_up(params: Params) -> Params:
    return {p: np.nextafter(v, np.inf) for p, v in params.items()}


def lost(path: str, start: float) -> Callable[[Params], Params]:
    """A parameter keeps the value that every one of its kind starts with."""

    def change(params: Params) -> Params:
        return {p: v * 0 + start if p == path else v for p, v in params.items()}

    return change


def cut_off(params: Params) -> Params:
    """What training has made large; first weights and those of cases are smaller."""
    return {path: np.clip(value, -8, 8) for path, value in params.items()}


class LoadsAllBut(Wrapped):
    """Compiles with all parameters; loads all but the running variance."""

    def load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        return self.inner.load_params(model, spec, lost("3.running_var", 1)(params))


BUGS = (
    bug("weights beyond 8 are cut off", tampered(given=cut_off), TWINS, "trained"),
    bug(
        "weights of another seed",
        drawn(
            lambda f, first, second, third, **how: (
                f(first, second, third + 1, **how)
                if isinstance(third, int)
                else f(first, second + 1, third, **how)
            )
        ),
        TWINS,
        "init_values",
    ),
    bug("given weights through float16", tampered(given=through_float16), TWINS, LOAD),
    bug(
        "given weights one unit in the last place up",
        tampered(given=one_ulp_up),
        TWINS,
        "init_values",
    ),
    bug(
        "two weights of one shape swapped",
        tampered(given=swapped("0.weight", "2.weight")),
        TWINS,
        LOAD,
    ),
    bug(
        "two weights swapped, in and out",
        tampered(
            given=swapped("0.weight", "2.weight"), read=swapped("0.weight", "2.weight")
        ),
        TWINS,
        "outputs gradients",
    ),
    bug(
        "running mean and variance swapped",
        tampered(given=swapped("3.running_mean", "3.running_var")),
        TWINS,
        f"{LOAD} state",
    ),
    bug(
        "scale and shift swapped, in and out",
        tampered(
            given=swapped("3.weight", "3.bias"), read=swapped("3.weight", "3.bias")
        ),
        TWINS,
        "outputs gradients",
    ),
    bug("a bias stays 0", tampered(given=lost("2.bias", 0)), TWINS, LOAD),
    bug(
        "the running variance stays 1",
        tampered(given=lost("3.running_var", 1)),
        TWINS,
        f"{LOAD} state",
    ),
    bug(
        "loading leaves the running variance as it is",
        LoadsAllBut,
        TWINS,
        "init_values",
    ),
    bug(
        "a parameter is not read",
        tampered(
            read=lambda params: {p: v for p, v in params.items() if p != "2.bias"}
        ),
        TWINS,
        "init_values",
    ),
    bug(
        "parameters are read in float32",
        tampered(
            read=lambda params: {p: v.astype(np.float32) for p, v in params.items()}
        ),
        TWINS,
        "init_values",
        dtypes="float64",
    ),
)
