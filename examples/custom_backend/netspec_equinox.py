"""Equinox as a backend of netspec, in one file: a spec becomes an `eqx.nn.Sequential`,
which reads one example, channels first, as the spec does. What is not here is refused
by its path.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import netspec as ns
from netspec import BackendError, Spec
from netspec.contract import Array, GuardedBackend, Mode, Step
from netspec.layers import conv_padding
from netspec.spec import Placed, PlacedChain

Module = Callable[..., Any]
KEY = jax.random.key(0)  # of first weights, which given ones replace


class Each(eqx.Module):
    """A layer of Equinox over leading axes, of which it takes none."""

    layer: Any
    axes: int = eqx.field(static=True)

    def __call__(self, x: jax.Array, *, key: Any = None) -> Any:
        function: Module = self.layer
        for _ in range(self.axes):
            function = jax.vmap(function)
        return function(x)


class Residual(eqx.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    body: Any
    shortcut: Any

    def __call__(self, x: jax.Array, *, key: Any = None) -> Any:
        keys = (None, None) if key is None else jax.random.split(key)
        return self.body(x, key=keys[0]) + self.shortcut(x, key=keys[1])


def dense(layer: ns.Dense, node: Placed, dtype: str) -> Module:
    sizes = node.input_shape[-1], layer.units
    made = eqx.nn.Linear(*sizes, use_bias=layer.bias, dtype=dtype, key=KEY)
    return Each(made, len(node.input_shape) - 1)


def conv(layer: ns.Conv1D | ns.Conv2D, node: Placed, dtype: str) -> Module:
    kind = eqx.nn.Conv1d if isinstance(layer, ns.Conv1D) else eqx.nn.Conv2d
    sizes = node.input_shape[0], layer.channels, layer.kernel_size
    window = layer.stride, conv_padding(layer, node.input_shape), layer.dilation
    how: Any = {"groups": layer.groups, "use_bias": layer.bias, "dtype": dtype}
    return kind(*sizes, *window, **how, key=KEY)


def layer_norm(layer: ns.LayerNorm, node: Placed, dtype: str) -> Module:
    shape = node.input_shape[-layer.axes :]
    affine = layer.scale, layer.center
    made = eqx.nn.LayerNorm(shape, layer.eps, *affine, dtype=dtype)
    return Each(made, len(node.input_shape) - layer.axes)


def residual(layer: ns.Residual, node: Placed, dtype: str) -> Module:
    branches = [chain(branch, dtype) for branch in node.branches]
    return Residual(*branches, *([eqx.nn.Identity()] * (2 - len(branches))))


def plain(function: Callable[[jax.Array], jax.Array]) -> Module:
    return eqx.nn.Lambda(function)


# From a layer, its place and a dtype to a module
LOWERINGS: dict[type[ns.Layer], Callable[[Any, Placed, str], Module]] = {
    ns.Dense: dense,
    ns.Conv1D: conv,
    ns.Conv2D: conv,
    ns.LayerNorm: layer_norm,
    ns.Dropout: lambda layer, *_: eqx.nn.Dropout(layer.rate),
    ns.Flatten: lambda *_: plain(jnp.ravel),
    ns.Identity: lambda *_: eqx.nn.Identity(),
    ns.ReLU: lambda *_: plain(jax.nn.relu),
    ns.Tanh: lambda *_: plain(jnp.tanh),
    ns.Sigmoid: lambda *_: plain(jax.nn.sigmoid),
    ns.GELU: lambda layer, *_: plain(
        partial(jax.nn.gelu, approximate=layer.approximate)
    ),
    ns.Sequential: lambda _, node, dtype: chain(node.branches[0], dtype),
    ns.Residual: residual,
}


def chain(branch: PlacedChain, dtype: str) -> eqx.nn.Sequential:
    return eqx.nn.Sequential([lower(node, dtype) for node in branch.nodes])


def lower(node: Placed, dtype: str) -> Module:
    kind = type(node.layer)
    if kind is ns.BatchNorm:
        raise BackendError(f"{node.path} BatchNorm: this example keeps no state")
    if kind not in LOWERINGS:
        raise BackendError(f"{node.path} {kind.__name__}: the equinox backend lacks it")
    return LOWERINGS[kind](node.layer, node, dtype)


def leaves(net: Any, branch: PlacedChain) -> Iterator[Any]:
    """Yield all weights of a net, in the order of the spec's parameters."""
    for node, module in zip(branch.nodes, net.layers, strict=True):
        held = module.layer if isinstance(module, Each) else module
        yield from (getattr(held, name) for name in node.parameters)
        for inner in node.branches:
            below = getattr(module, inner.key) if inner.key else module
            yield from leaves(below, inner)


@eqx.filter_jit
def run(net: Any, train: bool, x: Any, cotangent: Any, words: Any) -> Any:
    """Compute the output and, given a cotangent, the gradients of net and x."""
    net = eqx.nn.inference_mode(net, not train)
    keys = jax.random.split(jax.random.wrap_key_data(words), len(x))

    def forward(net: Any, x: Any) -> Any:
        return jax.vmap(lambda one, key: net(one, key=key))(x, keys)

    with jax.default_matmul_precision("highest"):
        if cotangent is None:
            return forward(net, x)
        y, pullback = eqx.filter_vjp(forward, net, x)
        return y, *pullback(cotangent)


def words(mode: Mode) -> Array:
    return np.array(divmod(mode.seed or 0, 2**32), np.uint32)


class EquinoxBackend(GuardedBackend[eqx.nn.Sequential]):
    """Does on checked arguments what the hooks of `GuardedBackend` promise."""

    name = "equinox"

    def _compile(self, spec: Spec, params: Any, dtype: str, device: Any) -> Any:
        if device is not None or params is None:
            raise BackendError("equinox draws none (give seed=), takes no device=")
        with jax.enable_x64(dtype == "float64"):
            return self._load_params(chain(spec.graph, dtype), spec, params)

    def _params(self, model: Any, spec: Spec) -> dict[str, Array]:
        found = zip(spec.parameters().items(), leaves(model, spec.graph), strict=True)
        return {path: np.array(leaf).reshape(p.shape) for (path, p), leaf in found}

    def _load_params(self, model: Any, spec: Spec, params: Any) -> Any:
        """Give a new model, for modules of Equinox do not change."""
        held = list(leaves(model, spec.graph))
        with jax.enable_x64(self._dtype(model) == "float64"):
            given = [
                jnp.array(params[path].reshape(leaf.shape), leaf.dtype)
                for path, leaf in zip(spec.parameters(), held, strict=True)
            ]
        return eqx.tree_at(lambda net: [*leaves(net, spec.graph)], model, given)

    def _dtype(self, model: Any) -> str | None:
        held = jax.tree.leaves(eqx.filter(model, eqx.is_array))
        return str(held[0].dtype) if held else None

    def _forward(self, model: Any, spec: Spec, x: Array, mode: Mode) -> Array:
        with jax.enable_x64(mode.dtype == "float64"):
            return np.array(run(model, mode.train, jnp.array(x), None, words(mode)))

    def _step(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        with jax.enable_x64(mode.dtype == "float64"):
            given = jnp.array(x), jnp.array(cotangent), words(mode)
            y, grads, grad_input = run(model, mode.train, *given)
            return Step(
                np.array(y), np.array(grad_input), self._params(grads, spec), {}
            )


backend = EquinoxBackend()
