"""Programs as networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flax import nnx

from netspec.program import Call, Expr, Items, Program, assemble
from netspec_flax._lowering import RNGS
from netspec_flax._network import Network
from netspec_flax.support.paths import locate, reach
from netspec_jax import computing_in


def make(calls: Program, dtype: str, rngs: Any) -> Network:
    """Make the network, its first weights drawn with random numbers of Flax."""
    modules: Any = _given(calls.modules, rngs)
    net = assemble(replace(calls, modules=modules), share)
    return Network(net, dtype == "float64")


def _given(expr: Expr, rngs: Any) -> Any:
    """Put the random numbers where their name stands."""
    if isinstance(expr, Call):
        args = tuple(_given(value, rngs) for value in expr.args)
        kwargs = tuple((name, _given(value, rngs)) for name, value in expr.kwargs)
        return replace(expr, args=args, kwargs=kwargs)
    if isinstance(expr, Items):
        return Items(tuple(_given(value, rngs) for value in expr.values))
    if isinstance(expr, tuple):
        return tuple(_given(value, rngs) for value in expr)
    return rngs if expr == RNGS else expr


def share(net: Any, path: str, owner: str) -> None:
    """Put the parameter of an owner in the place at a path."""
    module, _, name = locate(net, path).rpartition(".")
    setattr(reach(net, module), name, reach(net, locate(net, owner)))


def skeleton(calls: Program, dtype: str) -> Network:
    """Make the network without drawing anything, to find places in it."""
    with computing_in(dtype):
        net: Network = nnx.eval_shape(lambda: make(calls, dtype, nnx.Rngs(0)))
    return net
