"""Models: how they are made, taken apart, and run as functions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from netspec.contract import Arrays
from netspec.spec import Spec
from netspec_flax._making import make
from netspec_flax._program import program
from netspec_flax._variables import to_flax, variables
from netspec_jax import SEED, computing_in, key_of, quick_to_compile


class Skeleton(NamedTuple):
    """A model whose arrays are shapes.

    Attributes:
        net: the module.
        graph: what it is but for its arrays.
        state: its arrays, as shapes.
    """

    net: Any
    graph: Any
    state: Any


@lru_cache(maxsize=64)
def skeleton(spec: Spec, dtype: str) -> Skeleton:
    """Make the model of a spec without drawing anything; equal specs have the same, so
    that JAX compiles their functions once.

    Raises:
        BackendError: `program` raises it, or a user's module has other parameters than
            its layer declares.
    """
    calls = program(spec, dtype)
    with computing_in(dtype):
        net = nnx.eval_shape(
            lambda: make(calls, dtype, random_numbers(jax.random.key(0)))
        )
        graph, state = nnx.split(net)
        variables(spec, net)
    return Skeleton(net, graph, state)


def random_numbers(key: jax.Array) -> nnx.Rngs:
    """Make Flax's random numbers of a key: of parameters, and of dropout."""
    first, dropout = jax.random.split(key)
    return nnx.Rngs(first, dropout=dropout)


def drawn(spec: Spec, dtype: str) -> Any:
    """Make a model with first weights that Flax draws.

    Raises:
        BackendError: as `skeleton` does.
    """
    graph, calls = skeleton(spec, dtype).graph, program(spec, dtype)

    def state(key: jax.Array) -> Any:
        return nnx.split(make(calls, dtype, random_numbers(key)))[1]

    seed = SEED.get()
    with computing_in(dtype):
        if seed is None:
            return make(calls, dtype, nnx.Rngs(0))
        quick = jax.jit(state, compiler_options=dict(quick_to_compile()))
        return nnx.merge(graph, quick(key_of(seed)))


def filled(spec: Spec, params: Arrays, dtype: str) -> Any:
    """Make a model with given parameters; nothing is drawn but keys.

    Raises:
        BackendError: as `skeleton` does.
    """
    made = skeleton(spec, dtype)
    net = nnx.merge(made.graph, jax.tree.map(lambda leaf: leaf, made.state))
    with computing_in(dtype):
        for path, found in variables(spec, net).items():
            found.set_value(jnp.array(to_flax(params[path], path, net), dtype))
        reseed(net, jax.random.key(0))
    return net


class Parts(NamedTuple):
    """A model taken apart, as ``nnx.split`` does it: what is static, what is trained,
    running statistics, and the rest, which is the state of random numbers.
    """

    graph: Any
    params: Any
    stats: Any
    rest: Any


def parts(net: Any) -> Parts:
    """Take a model apart; its variables stay what they are."""
    split: Any = nnx.split
    return Parts(*split(net, nnx.Param, nnx.BatchStat, ...))


def together(given: Parts, train: bool, key: Any) -> Any:
    """Put a model together in a mode, with random numbers of a key."""
    merge: Any = nnx.merge
    net = merge(*given, copy=True)  # variables of this trace, which may change
    net.train() if train else net.eval()
    if key is not None:
        reseed(net, key)
    return net


def reseed(net: Any, key: jax.Array) -> None:
    """Give every stream of random numbers a key of its own, whatever its name."""
    streams = [s for _, s in nnx.iter_graph(net) if isinstance(s, nnx.RngStream)]
    for index, stream in enumerate(streams):
        stream.key.set_value(jax.random.fold_in(key, index))
        stream.count.set_value(jnp.zeros((), jnp.uint32))
