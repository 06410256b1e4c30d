"""One forward and one backward pass of a network."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import mxnet as mx
from mxnet import autograd
from mxnet.gluon import nn

from netspec.contract import Array, Step
from netspec.spec import Spec
from netspec_gluon._arrays import read, tensors, to_nd
from netspec_gluon._modes import differentiable, unmoved

NONE: Mapping[str, Any] = MappingProxyType({})


def step(
    model: nn.HybridBlock,
    spec: Spec,
    x: Array,
    cotangent: Array,
    train: bool,
    dtype: str,
    context: mx.Context,
    taps: Mapping[str, Any] = NONE,
) -> tuple[Step, dict[str, Array]]:
    """Make a step; return it, and the gradients with respect to taps in the network.

    Args:
        model: the network.
        spec: the spec of the network.
        x: inputs, batch axis first.
        cotangent: gradient with respect to the output.
        train: training mode if True, evaluation mode if False.
        dtype: dtype of the network.
        context: device of the network.
        taps: variables inside the network, by the path of their layer.
    """
    declared, parameters = spec.parameters(), tensors(model, spec)
    trained = [path for path in declared if declared[path].trainable]
    learned = [parameters[path] for path in trained]
    running = [parameters[path] for path in declared if path not in trained]
    batch, seen = (to_nd(a, dtype, context) for a in (x, cotangent))
    floats = [batch] if spec.input_dtype == "float" else []
    for array in floats:
        array.attach_grad()
    with differentiable(learned), unmoved(running):
        wanted = [parameter.data(context) for parameter in learned]
        wanted += [*floats, *taps.values()]
        output, *grads = _differentiate(model, batch, wanted, seen, train)
        after = read(model, spec)
    shaped = zip(trained, grads, strict=False)
    taken = Step(
        output=output,
        grad_input=grads[len(trained)] if floats else None,
        grad_params={path: g.reshape(declared[path].shape) for path, g in shaped},
        state={path: after[path] for path in declared if path not in trained},
    )
    inside = grads[len(trained) + len(floats) :]
    return taken, dict(zip(taps, inside, strict=True))


def _differentiate(
    model: nn.HybridBlock, batch: Any, wanted: list[Any], cotangent: Any, train: bool
) -> list[Array]:
    """Return the output, then the gradients with respect to `wanted`."""
    with autograd.record(train_mode=train):
        output = model(batch)
    grads = autograd.grad(output, wanted, cotangent, train_mode=train)
    # Reading waits for the engine, and raises the errors that happened in it
    return [array.asnumpy() for array in (output, *grads)]
