"""Fold normalizations of evaluation into the linear layers before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from netspec.declare import fields_of
from netspec.errors import SpecError
from netspec.layers import Identity, Layer
from netspec.spec._arrays import check_params
from netspec.spec._placed import Placed
from netspec.spec._rewrite import map_layers
from netspec.spec._spec import Spec

Array = NDArray[Any]


class Fold(NamedTuple):
    """A linear layer, and what stands behind it and does ``scale * x + shift``."""

    linear: Placed
    behind: Placed


def fold(spec: Spec, params: Mapping[str, Array]) -> tuple[Spec, dict[str, Array]]:
    """Return the model of evaluation in which each BatchNorm right behind a convolution
    or Dense has become part of its weight and bias.

    ``scale * (W x + b) + shift = (scale W) x + (scale b + shift)``, with
    ``scale = weight / sqrt(running_var + eps)`` and ``shift = bias - scale *
    running_mean``, computed in float64 and rounded once. The BatchNorm becomes an
    Identity with its name, so paths stay. In training the result is another model.

    Args:
        spec: the model.
        params: its parameters and running statistics, by canonical path.

    Returns:
        The folded model and its parameters.

    Raises:
        ParameterError: `params` are not those of the model.
        SpecError: there is nothing to fold.

    Example:
        >>> from netspec import BatchNorm, Dense, Spec, init_params
        >>> spec = Spec("small", (3,), [Dense(2, bias=False), BatchNorm()])
        >>> folded, params = fold(spec, init_params(spec, seed=0))
        >>> sorted(params)
        ['0.bias', '0.weight']
    """
    check_params(spec, params)
    # Layers by identity: one of a Repeat stands in several places
    spec = replace(spec, layers=map_layers(replace, spec.layers))
    found = _folds(spec, params)
    if not found:
        raise SpecError(
            f"{spec.name}: no BatchNorm stands right behind a convolution or Dense that"
            " has weights of its own, so there is nothing to fold; use it as it is"
        )
    made: dict[int, Layer] = {}
    values = dict(params)
    for linear, behind in found:
        layer: Any = linear.layer
        made[id(layer)] = replace(layer, bias=True)
        made[id(behind.layer)] = Identity(name=behind.layer.name)
        values |= _folded(linear, _affine(behind, params), params)
        for name in behind.parameters:
            del values[f"{behind.path}.{name}"]
    layers = map_layers(lambda old: made.get(id(old), old), spec.layers)
    return replace(spec, layers=layers), values


def _folds(spec: Spec, params: Mapping[str, Array]) -> list[Fold]:
    """Find what can be folded, in all places of a layer or in none."""
    nodes = list(spec.graph.walk())
    chains = [spec.graph, *(branch for node in nodes for branch in node.branches)]
    pairs = [Fold(*pair) for chain in chains for pair in pairwise(chain.nodes)]
    tied = {path.rpartition(".")[0] for tie in spec.ties.items() for path in tie}
    fit = [
        pair
        for pair in pairs
        if _is_linear(pair.linear)
        and _axis(pair.linear) == _axis(pair.behind)
        and _affine(pair.behind, params)
        and not tied & {pair.linear.path, pair.behind.path}
    ]
    places = Counter(id(node.layer) for node in nodes)
    times = Counter((id(pair.linear.layer), id(pair.behind.layer)) for pair in fit)
    return [
        pair
        for pair in fit
        if places[id(pair.linear.layer)]
        == places[id(pair.behind.layer)]
        == times[id(pair.linear.layer), id(pair.behind.layer)]
    ]


def _is_linear(node: Placed) -> bool:
    """Tell whether a layer is a kernel, and perhaps a bias, that has all its values."""
    kinds = {name: drawn.role for name, drawn in node.parameters.items()}
    return (
        "bias" in fields_of(type(node.layer))
        and kinds.get("weight") == "kernel"
        and kinds.keys() <= {"weight", "bias"}
    )


def _axis(node: Placed) -> int | None:
    """Return the axis of a batch along which the bias of a layer shifts slices."""
    axis = node.layer.bias_axis
    return None if axis is None else axis % (len(node.output_shape) + 1)


def _affine(node: Placed, params: Mapping[str, Array]) -> tuple[Array, Array] | None:
    own = {name: params[f"{node.path}.{name}"] for name in node.parameters}
    wide = {name: np.asarray(value, np.float64) for name, value in own.items()}
    return node.layer.as_affine(wide)


def _folded(
    node: Placed, affine: tuple[Array, Array] | None, params: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the weight and bias of a linear layer that does what stands behind it."""
    assert affine is not None
    scale, shift = affine
    path = f"{node.path}.weight"
    weight = params[path]
    bias = params.get(f"{node.path}.bias", 0.0)
    return {
        path: (weight * _along(scale, weight.shape, node.layer.output_axis)).astype(
            weight.dtype
        ),
        f"{node.path}.bias": (scale * bias + shift).astype(weight.dtype),
    }


def _along(scale: Array, shape: tuple[int, ...], axis: int) -> Array:
    """Return what each value of a kernel is multiplied by.

    A transposed convolution with groups has its outputs in two axes: the groups in that
    of the inputs, the rest in that of the outputs.
    """
    groups = len(scale) // shape[axis]
    table = scale.reshape(groups, -1)
    if groups > 1:
        table = np.repeat(table, shape[1 - axis] // groups, axis=0)
    table = table if axis else table.T
    return table.reshape(*table.shape, *[1] * (len(shape) - 2))
