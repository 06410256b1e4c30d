"""Outputs of layers and the gradients with respect to them, recorded by taps.

A tap adds zeros to the output of a layer, and keeps this output: the gradient of the
zeros is the gradient with respect to the output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from netspec.contract import Array, Mode, Step, Trace
from netspec.program.layouts import Layout, plan
from netspec.spec import Spec
from netspec_flax._model import Parts, parts, together
from netspec_flax._variables import locate, to_arrays, values, variables
from netspec_flax.support.paths import reach
from netspec_jax import compares, quick_to_compile

Arrays = Mapping[str, Any]


def trace(
    model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode, key: Any
) -> Trace:
    """Make a step of a model with taps on all layers."""
    graph, params, *others = parts(model)
    places = {path: _place(model, path) for path in spec.shapes()}
    floats = spec.input_dtype == "float"

    def forward(params: Any, taps: Arrays, batch: Any = x) -> Any:
        net = together(Parts(graph, params, *others), mode.train, key)
        held, seen = variables(spec, net), dict[str, Any]()
        for path in sorted(places, key=lambda path: -path.count(".")):
            _tap(net, places[path], path, taps, seen)
        y = net(batch)
        return y, (seen, {path: found[...] for path, found in held.items()})

    def step(*inputs: Any) -> Any:
        y, pullback, seen = jax.vjp(forward, *inputs, has_aux=True)
        return y, pullback(cotangent), *seen

    options = dict(quick_to_compile(compares(spec)))
    taps = _zeros(spec, len(x), mode.dtype)
    given = (params, taps, x) if floats else (params, taps)
    y, (of_params, of_taps, *of_x), seen, after = jax.jit(
        step, compiler_options=options
    )(*given)
    merge: Any = nnx.merge
    grads = values(spec, merge(graph, of_params, *others))
    declared = spec.parameters()
    trained = {p for p, parameter in declared.items() if parameter.trainable}
    own = to_arrays(spec, model, {p: grads[p] for p in trained})
    state = {p: after[p] for p in declared if p not in trained}
    made = Step(
        output=np.array(y),
        grad_input=np.array(*of_x) if floats else None,
        grad_params=own,
        state=to_arrays(spec, model, state),
    )
    return Trace(made, _first(spec, seen), _first(spec, of_taps))


def _place(net: Any, path: str) -> str:
    """Find a layer; one that stands for its whole chain lies where the chain does."""
    chain, _, _ = path.rpartition(".")
    if chain and not isinstance(reach(net, locate(net, chain)), nnx.Module):
        return locate(net, chain)
    return locate(net, path)


def _tap(net: Any, place: str, path: str, taps: Arrays, seen: dict[str, Any]) -> None:
    layer: Callable[[Any], Any] = reach(net, place)

    def tapped(x: Any) -> Any:
        y = layer(x)
        if jnp.issubdtype(y.dtype, jnp.inexact):
            y = y + taps[path]
        seen[path] = y
        return y

    steps = place.replace("[", ".").replace("]", "")
    before, _, last = steps.rpartition(".")
    owner = reach(net, before)
    if last.isdigit():
        owner[int(last)] = tapped
    else:
        setattr(owner, last, tapped)


def _zeros(spec: Spec, batch: int, dtype: str) -> dict[str, Any]:
    flows, made = plan(spec.graph), {}
    for path, shape in spec.shapes().items():
        zeros = np.zeros((batch, *shape), dtype)
        last = flows[path].gives is Layout.LAST
        made[path] = jnp.asarray(np.moveaxis(zeros, 1, -1) if last else zeros)
    return made


def _first(spec: Spec, held: Arrays) -> dict[str, Array]:
    """Arrange what taps saw channels first."""
    flows = plan(spec.graph)
    arrays = {path: np.array(held[path]) for path in spec.shapes()}
    return {
        path: np.ascontiguousarray(np.moveaxis(array, -1, 1))
        if flows[path].gives is Layout.LAST
        else array
        for path, array in arrays.items()
    }
