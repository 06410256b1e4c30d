"""Specs as programs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from keyword import iskeyword
from typing import Any

import keras

from netspec.errors import BackendError
from netspec.program import Call, Program, call, evaluate, walk
from netspec.program.layouts import plan
from netspec.spec import Spec
from netspec_keras._calls import apply, is_straight, leaves
from netspec_keras._lowering import Context, inlined
from netspec_keras._names import full, given
from netspec_keras.layers import last_only, shared, tying


def program(spec: Spec, named: bool = False, fused: bool = True) -> Program:
    """Make the calls of the layers of a spec, and how they are applied; they draw their
    first weights themselves.

    Args:
        spec: the model.
        named: whether every layer gets a name, which its canonical path tells, and not
            only those to which the spec gives one.
        fused: whether two layers of the spec may be one of Keras's.

    Raises:
        BackendError: Keras cannot represent a layer of the spec, or draw from a
            distribution.
    """
    own = given(spec)
    names = full if named else lambda path: path if path in own else None
    ctx = Context(plan(spec.graph), names, tying(spec))
    ctx = replace(ctx, fuse=last_only) if fused else ctx
    made = inlined(spec.graph, ctx)
    applied = [*leaves(made)]
    held = shared(spec, applied, ctx)
    counts = Counter(part for part in walk(made) if part in held)
    if any(counts[layer] != applied.count(layer) for layer in held):
        raise BackendError(
            f"{next(iter(spec.ties))}: is tied, and a custom container holds its layer,"
            " which so cannot be called elsewhere; leave the tie out"
        )
    return Program(made, (), shared={layer: variable_of(layer) for layer in held})


def variable_of(layer: Call) -> str:
    """Name the variable that has a layer in a file."""
    name = re.sub(r"\W", "_", str(dict(layer.kwargs)["name"]))
    return f"{name}_" if iskeyword(name) else name


def is_sequential(made: Program) -> bool:
    """Tell whether a `keras.Sequential` can be the whole model."""
    return is_straight(made.modules) and not made.shared


def input_of(spec: Spec) -> Call:
    """Make the call of `keras.Input`."""
    kind = {"dtype": "int32"} if spec.input_dtype == "int" else {}
    return call("keras:Input", spec.input_shape, **kind)


def make(spec: Spec, fused: bool = True) -> Any:
    """Make the model of a spec: a `keras.Sequential`, or a `keras.Model` of Keras's
    functional API where layers have several inputs, or are shared.

    Args:
        spec: the model.
        fused: as for `program`.

    Raises:
        BackendError: as `program` does.
    """
    made = program(spec, True, fused)
    inputs = evaluate(input_of(spec))
    if is_sequential(made):
        return keras.Sequential([inputs, *map(evaluate, leaves(made.modules))])
    held = {layer: evaluate(layer) for layer in made.shared}
    outputs = apply(made.modules, inputs, lambda c: held.get(c) or evaluate(c))
    return keras.Model(inputs, outputs)


@lru_cache(maxsize=64)
def order(spec: Spec) -> tuple[str, ...]:
    """List the names of layers in the order in which a model has them, which is that of
    their depths; empty where it is that of the spec.
    """
    made = program(spec, named=True)
    if is_sequential(made):
        return ()
    places: dict[str, Place] = {}

    def find(layer: Call) -> Place:
        name = str(dict(layer.kwargs)["name"])
        return places.setdefault(name, Place(name=name))

    inputs = keras.Input((1,))
    function = keras.Function(inputs, apply(made.modules, inputs, find))
    return tuple(made.name for made in function.operations if made.name in places)


class Place(keras.Operation):  # type: ignore[misc]
    """Stands for a layer where only its place counts."""

    def compute_output_spec(self, *read: Any, **options: Any) -> Any:
        return keras.KerasTensor((None, 1))
