"""Gluon as a backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np
from mxnet import autograd
from mxnet.gluon import nn

from netspec.contract import (
    Array,
    Arrays,
    Loss,
    Numerics,
    Observer,
    Optimizer,
    Step,
    Trace,
    Trained,
    check_arguments,
    check_cotangent,
    check_input,
    check_training,
    check_training_batch,
)
from netspec.program import build, evaluate
from netspec.program.render import Listing
from netspec.spec import Spec, check_dtype, check_memory, check_params, init_params
from netspec_gluon._arrays import (
    fill,
    find,
    named_parameters,
    read,
    tensors,
    to_context,
    to_nd,
)
from netspec_gluon._lowering import Context
from netspec_gluon._modes import check_array_mode, set_seed
from netspec_gluon._program import listing, network, program, source
from netspec_gluon._steps import step
from netspec_gluon._tracing import make_taps, watch
from netspec_gluon._training import FLOAT32, LOSSES, check_statistics, to_trainer, train
from netspec_gluon.layers import FLOAT32_FIELDS, takes_maxima
from netspec_gluon.mxnet191 import read_scalar


class GluonBackend:
    """Specs as `mxnet.gluon.nn.HybridSequential`.

    MXNet has one generator of random numbers for the whole process: `forward` and
    `step` with a seed set it, by ``mx.random.seed``.
    """

    name = "gluon"
    observer = Observer(Path(__file__).with_name("_observe.py"))
    numerics = Numerics(
        running_variance="biased",
        float32_scalars=FLOAT32 | {(kind.__name__, f) for kind, f in FLOAT32_FIELDS},
        to_float32=read_scalar,
        velocity_holds_rate=True,
        adam_eps="raw",
    )

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float32",
        device: Any = None,
    ) -> nn.HybridSequential:
        """A `HybridSequential`, of this type exactly, initialized; not yet hybridized.

        Without `params` and `seed` it is what the exported file makes, number by
        number: ``mx.random.seed`` decides.

        Raises:
            BackendError: Gluon cannot build it, or has no such device.
            ParameterError: `params` do not fit the spec.
        """
        check_arguments(dtype, params, seed)
        check_memory(spec, dtype)
        check_array_mode()
        context = to_context(device)
        if params is not None:
            check_params(spec, params)
        elif seed is not None:
            params = init_params(spec, seed, dtype)
        with context:
            if params is not None:
                return _filled(spec, Context(dtype), params)
            model = build(program(spec, dtype), find)
        tensors(model, spec)
        return model

    @contextmanager
    def seeded(self, seed: int) -> Iterator[None]:
        """Inside, ``compile(spec)`` draws from this seed; MXNet's generator goes on
        from there. An ability beyond `Backend`.
        """
        set_seed(seed)
        yield

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """A Python file that needs only mxnet: ``build()`` and ``initialize(net)``,
        and ``load_weights(net, path)`` if asked.

        Raises:
            BackendError: Gluon cannot build it, or the source of a layer that is not
                ours cannot be found.
        """
        check_dtype(dtype)
        return source(spec, dtype, weights)

    def listing(self, spec: Spec, *, dtype: str = "float32") -> Listing:
        """The same text, layer by layer.

        Raises:
            BackendError: as `source`.
        """
        check_dtype(dtype)
        return listing(spec, dtype)

    def params(self, model: nn.HybridBlock, spec: Spec) -> dict[str, Array]:
        return read(model, spec)

    def load_params(
        self, model: nn.HybridSequential, spec: Spec, params: Arrays
    ) -> nn.HybridSequential:
        """The same object, with copies of these parameters in its own dtype."""
        check_params(spec, params)
        fill(model, spec, params)
        return model

    def forward(
        self,
        model: nn.HybridBlock,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        dtype, context = _check(model, spec, x, train)
        set_seed(seed)
        with autograd.pause(train_mode=train):
            output: Array = model(to_nd(x, dtype, context)).asnumpy()
        return output

    def step(
        self,
        model: nn.HybridBlock,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Step:
        """One forward and one backward pass; the model does not change.

        In evaluation a float32 network with max pooling on the CPU is replaced by one
        with the same parameters that is recorded in training mode, its BatchNorm and
        Dropout frozen: outside of training mode oneDNN keeps no note of where the
        maxima are, and the gradients of the network itself are wrong.
        """
        dtype, context = _check(model, spec, x, train)
        check_cotangent(spec, x, cotangent, dtype)
        if not train and _forgets_maxima(spec, dtype, context):
            with context:
                model = _filled(spec, Context(dtype, frozen=True), read(model, spec))
            train = True
        set_seed(seed)
        return step(model, spec, x, cotangent, train, dtype, context)[0]

    def trace(
        self,
        model: nn.HybridBlock,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """`step` of a network with the same parameters, not hybridized, that has taps;
        see `netspec_gluon._tracing`.
        """
        dtype, context = _check(model, spec, x, train)
        check_cotangent(spec, x, cotangent, dtype)
        with context:
            own = _filled(spec, Context(dtype, frozen=not train), read(model, spec))
            taps = make_taps(spec, len(x), dtype)
        outputs = watch(own, spec, taps)
        set_seed(seed)
        taken, grads = step(own, spec, x, cotangent, True, dtype, context, taps)
        arrays = {path: output.asnumpy() for path, output in outputs.items()}
        return Trace(taken, arrays, grads)

    def train(
        self,
        model: nn.HybridBlock,
        spec: Spec,
        xs: Array,
        ys: Array,
        optimizer: Optimizer,
        loss: Loss,
        *,
        seed: int | None = None,
    ) -> Trained:
        """Train the model in place, with `gluon.Trainer`.

        Raises:
            BackendError: a BatchNorm would not learn its statistics.
        """
        dtype, context = _place(model, xs)
        check_training(spec, xs, ys, loss, dtype)
        check_statistics(spec)
        rates = optimizer.rates(len(xs))
        inputs, targets = (to_nd(a, dtype, context) for a in (xs, ys))
        set_seed(seed)
        batches = zip(inputs, targets, strict=True)
        trainer = to_trainer(optimizer, model)
        losses = train(model, batches, trainer, LOSSES[loss], rates)
        return Trained(losses, read(model, spec))


def _filled(spec: Spec, ctx: Context, params: Arrays) -> nn.HybridSequential:
    model: nn.HybridSequential = evaluate(network(spec, ctx))
    model.initialize(mx.init.Zero())
    fill(model, spec, params)
    return model


def _check(
    model: nn.HybridBlock, spec: Spec, x: Array, train: bool
) -> tuple[str, mx.Context]:
    """Refuse a batch that the model cannot take; gives its dtype and its device."""
    dtype, context = _place(model, x)
    check_input(spec, x, dtype)
    if train:
        check_training_batch(spec, x)
    return dtype, context


def _place(model: nn.HybridBlock, x: Array) -> tuple[str, mx.Context]:
    """Dtype and device of the model; without parameters, the dtype of the batch."""
    check_array_mode()
    own = next(iter(named_parameters(model).values()), None)
    if own is None:
        return str(getattr(x, "dtype", "float32")), mx.current_context()
    return np.dtype(own.dtype).name, own.list_ctx()[0]


def _forgets_maxima(spec: Spec, dtype: str, context: mx.Context) -> bool:
    return (
        dtype == "float32"
        and context.device_type != "gpu"
        and any(takes_maxima(node.layer) for node in spec.graph.walk())
    )
