"""Flax NNX as a backend of netspec, in one file: a spec becomes an `nnx.Sequential`
that reads channels first, as the spec does. What Flax lacks is refused by its path.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

import netspec as ns
from netspec import BackendError, Parameter, Spec
from netspec.contract import Array, GuardedBackend, Mode, Step
from netspec.layers import conv_padding
from netspec.spec import Placed, PlacedChain

How = Mapping[str, Any]
Module = Callable[..., Any]


class Conv(nnx.Conv):
    """A convolution that reads channels first."""

    def __call__(self, x: jax.Array, *rest: Any) -> jax.Array:
        return jnp.moveaxis(super().__call__(jnp.moveaxis(x, 1, -1), *rest), -1, 1)


class Residual(nnx.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(self, body: Module, shortcut: Module | None = None) -> None:
        self.body = body
        self.shortcut = shortcut or nnx.Sequential()

    def __call__(self, x: jax.Array, *, rngs: nnx.Rngs) -> Any:
        return self.body(x, rngs=rngs) + self.shortcut(x, rngs=rngs)


def conv(layer: ns.Conv1D | ns.Conv2D, node: Placed, how: How) -> Module:
    padding = conv_padding(layer, node.input_shape)
    window: How = {"kernel_size": layer.kernel_size, "padding": padding}
    steps: How = {"strides": layer.stride, "kernel_dilation": layer.dilation}
    how = {**how, "feature_group_count": layer.groups, "use_bias": layer.bias}
    return Conv(node.input_shape[0], layer.channels, **window, **steps, **how)


def batch_norm(layer: ns.BatchNorm, node: Placed, how: How) -> Module:
    if layer.running_variance == "unbiased":
        raise BackendError(f"{node.path} {layer}: Flax averages the biased variance")
    if layer.statistics != "running":
        raise BackendError(f"{node.path} {layer}: the mode of a net chooses statistics")
    options: How = {"axis": 1, "momentum": layer.decay, "use_fast_variance": False}
    return nnx.BatchNorm(node.input_shape[0], **affine(layer), **options, **how)


def layer_norm(layer: ns.LayerNorm, node: Placed, how: How) -> Module:
    if layer.axes > 1:
        raise BackendError(f"{node.path} {layer}: Flax has a scale of one axis only")
    return nnx.LayerNorm(node.input_shape[-1], **affine(layer), **how)


def affine(layer: ns.BatchNorm | ns.LayerNorm) -> How:
    return {"epsilon": layer.eps, "use_scale": layer.scale, "use_bias": layer.center}


# From a layer, its place, and what every module with parameters is told, to a module
LOWERINGS: dict[type[ns.Layer], Callable[[Any, Placed, How], Module]] = {
    ns.Dense: lambda layer, node, how: nnx.Linear(
        node.input_shape[-1], layer.units, use_bias=layer.bias, **how
    ),
    ns.Conv1D: conv,
    ns.Conv2D: conv,
    ns.BatchNorm: batch_norm,
    ns.LayerNorm: layer_norm,
    ns.Dropout: lambda layer, *_: nnx.Dropout(layer.rate),
    ns.Flatten: lambda *_: lambda x: x.reshape(len(x), -1),
    ns.Identity: lambda *_: lambda x: x,
    ns.ReLU: lambda *_: nnx.relu,
    ns.Tanh: lambda *_: nnx.tanh,
    ns.Sigmoid: lambda *_: nnx.sigmoid,
    ns.GELU: lambda layer, *_: partial(nnx.gelu, approximate=layer.approximate),
    ns.Sequential: lambda _, node, how: chain(node.branches[0], how),
    ns.Residual: lambda _, node, how: Residual(*(chain(b, how) for b in node.branches)),
}


def chain(branch: PlacedChain, how: How) -> nnx.Sequential:
    return nnx.Sequential(*(lower(node, how) for node in branch.nodes))


def lower(node: Placed, how: How) -> Module:
    kind = type(node.layer)
    if kind not in LOWERINGS:
        raise BackendError(f"{node.path} {kind.__name__}: the flax backend lacks it")
    return LOWERINGS[kind](node.layer, node, how)


# What Flax calls a parameter of this role, where that is not the role
NAMES = {"shift": "bias", "running_mean": "mean", "running_var": "var"}
FIRST, LAST = (1, 0), (-2, -1)  # axes (in, out) of a kernel: canonical, and in Flax


def variables(net: Any, branch: PlacedChain) -> Iterator[tuple[str, Parameter, Any]]:
    """Canonical path, declaration and variable of all that a net holds."""
    for node, module in zip(branch.nodes, net.layers, strict=True):
        for name, held in node.parameters.items():
            variable = getattr(module, NAMES.get(held.role, held.role))
            yield f"{node.path}.{name}", held, variable
        for inner in node.branches:
            below = getattr(module, inner.key) if inner.key else module
            yield from variables(below, inner)


def moved(p: Parameter, array: Array, source: Any = FIRST, target: Any = LAST) -> Array:
    return np.moveaxis(array, source, target) if p.role == "kernel" else array


@partial(jax.jit, static_argnums=(0, 1))
def run(graph: Any, train: bool, params: Any, state: Any, x: Any, words: Any) -> Any:
    net = nnx.merge(graph, params, state)
    net.train() if train else net.eval()
    with jax.default_matmul_precision("highest"):
        y = net(x, rngs=nnx.Rngs(dropout=jax.random.wrap_key_data(words)))
    return y, nnx.state(net, nnx.BatchStat)


def ready(net: Any, mode: Mode) -> Any:
    """Split a net: its parameters, and a function of them and x to output and state."""
    graph, params, state = nnx.split(net, nnx.Param, nnx.BatchStat)  # type: ignore[misc]
    words = np.array(divmod(mode.seed or 0, 2**32), np.uint32)
    return params, lambda params, x: run(graph, mode.train, params, state, x, words)


class FlaxBackend(GuardedBackend[nnx.Sequential]):
    """Does on checked arguments what the hooks of `GuardedBackend` promise."""

    name = "flax"

    def _compile(self, spec: Spec, params: Any, dtype: str, device: Any) -> Any:
        if device is not None or params is None:
            raise BackendError("flax draws no weights (give seed=), takes no device=")
        with jax.enable_x64(dtype == "float64"):
            net = chain(spec.graph, {"param_dtype": dtype, "rngs": nnx.Rngs(0)})
            for _, _, variable in variables(net, spec.graph):
                variable.set_value(variable.astype(dtype))  # statistics are float32
        return self._load_params(net, spec, params)

    def _params(self, model: Any, spec: Spec) -> dict[str, Array]:
        found = variables(model, spec.graph)
        return {n: moved(p, np.array(v[...]), LAST, FIRST) for n, p, v in found}

    def _load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        for path, held, variable in variables(model, spec.graph):
            with jax.enable_x64(variable.dtype == np.float64):
                variable.set_value(jnp.array(moved(held, params[path]), variable.dtype))
        return model

    def _dtype(self, model: Any) -> str | None:
        held = jax.tree.leaves(nnx.state(model))
        return str(held[0].dtype) if held else None

    def _forward(self, model: Any, spec: Spec, x: Array, mode: Mode) -> Array:
        params, function = ready(model, mode)
        with jax.enable_x64(mode.dtype == "float64"):
            return np.array(function(params, x)[0])

    def _step(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        params, function = ready(model, mode)
        with jax.enable_x64(mode.dtype == "float64"):
            y, pullback, state = jax.vjp(function, params, jnp.array(x), has_aux=True)
            grads, grad_input = pullback(jnp.array(cotangent))
            nnx.update(after := nnx.clone(model), grads, state)
            found = self._params(after, spec)
        fixed = [path for path, p in spec.parameters().items() if not p.trainable]
        running = {path: found.pop(path) for path in fixed}
        return Step(np.array(y), np.array(grad_input), found, running)


backend = FlaxBackend()
