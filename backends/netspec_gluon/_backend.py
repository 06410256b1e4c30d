"""Gluon as a backend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mxnet as mx
import numpy as np
from mxnet import autograd
from mxnet.gluon import nn

from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
    Mode,
    Numerics,
    Observer,
    Step,
    Trace,
    Trained,
    Training,
)
from netspec.layers import Layer
from netspec.program import Program, assemble, build
from netspec.program.render import Listing
from netspec.spec import Spec
from netspec_gluon._arrays import (
    fill,
    find,
    named_parameters,
    read,
    share,
    tensors,
    to_context,
    to_nd,
)
from netspec_gluon._lowering import Context
from netspec_gluon._modes import check_array_mode, set_seed
from netspec_gluon._names import gluon_ties
from netspec_gluon._program import listing, network, program, source
from netspec_gluon._steps import step
from netspec_gluon._tracing import make_taps, watch
from netspec_gluon._training import (
    FLOAT32,
    LOSSES,
    needs_input_gradient,
    to_trainer,
    train,
)
from netspec_gluon.layers import FLOAT32_FIELDS, is_recurrent, takes_maxima
from netspec_gluon.mxnet191 import read_scalar

if TYPE_CHECKING:
    from netspec.importing import Reading
    from netspec_gluon._original import GluonOriginal


class GluonBackend(
    GuardedBackend[nn.HybridSequential],
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
):
    """Specs as `mxnet.gluon.nn.HybridSequential`, of this type exactly.

    A compiled model is initialized, and not yet hybridized. Without `params` and `seed`
    it is what the exported file makes, number by number: ``mx.random.seed`` decides.

    `load_params` returns the same object, and `train` trains it in place; nothing else
    changes a model. MXNet has one generator of random numbers for the whole process:
    what has a seed sets it, by ``mx.random.seed``.
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

    @property
    def device(self) -> str:
        """The kind of device of MXNet's current context."""
        return str(mx.current_context().device_type)

    @contextmanager
    def seeded(self, seed: int) -> Iterator[None]:
        """Give a context in which ``compile(spec)`` draws from a seed; MXNet's
        generator goes on from there.
        """
        set_seed(seed)
        yield

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> nn.HybridSequential:
        check_array_mode()
        with to_context(device):
            if params is not None:
                return _filled(spec, Context(dtype), params)
            model = build(program(spec, dtype), find, share)
        tensors(model, spec)
        return model

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return source(spec, dtype, weights)

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return listing(spec, dtype)

    def _params(self, model: nn.HybridBlock, spec: Spec) -> dict[str, Array]:
        return read(model, spec)

    def _load_params(
        self, model: nn.HybridSequential, spec: Spec, params: Arrays
    ) -> nn.HybridSequential:
        fill(model, spec, params)
        return model

    def _dtype(self, model: nn.HybridBlock) -> str | None:
        check_array_mode()
        own = next(iter(named_parameters(model).values()), None)
        return None if own is None else np.dtype(own.dtype).name

    def _forward(
        self, model: nn.HybridBlock, spec: Spec, x: Array, mode: Mode
    ) -> Array:
        batch = to_nd(x, mode.dtype, _context(model))
        set_seed(mode.seed)
        with autograd.pause(train_mode=mode.train):
            output: Array = model(batch).asnumpy()
        return output

    def _step(
        self, model: nn.HybridBlock, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        """Make one forward and one backward pass.

        In evaluation a float32 network with max pooling on the CPU is replaced by one
        with the same parameters that is recorded in training mode, its BatchNorm and
        Dropout frozen: outside of training mode oneDNN keeps no note of where the
        maxima are, and the gradients of the network itself are wrong. So is one with
        recurrent layers: their operator notes there nothing of what it computes, and
        refuses to go back once it is hybridized.
        """
        context, train = _context(model), mode.train
        layers = [node.layer for node in spec.graph.walk()]
        forgets = _forgets_maxima(layers, mode.dtype, context)
        if not train and (forgets or any(map(is_recurrent, layers))):
            model, train = _copied(model, spec, mode, context), True
        set_seed(mode.seed)
        return step(model, spec, x, cotangent, train, mode.dtype, context)[0]

    def _trace(
        self, model: nn.HybridBlock, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step of a network with the same parameters, not hybridized, that has
        taps; see `netspec_gluon._tracing`.
        """
        context = _context(model)
        own = _copied(model, spec, mode, context)
        with context:
            taps = make_taps(spec, len(x), mode.dtype)
        outputs = watch(own, spec, taps)
        set_seed(mode.seed)
        taken, grads = step(own, spec, x, cotangent, True, mode.dtype, context, taps)
        arrays = {path: output.asnumpy() for path, output in outputs.items()}
        nothing = {
            path: np.zeros(array.shape, mode.dtype)  # integers, which have no gradient
            for path, array in arrays.items()
            if path not in taps
        }
        return Trace(taken, arrays, nothing | grads)

    def _train(self, model: nn.HybridBlock, spec: Spec, how: Training) -> Trained:
        """Train in place, with `gluon.Trainer`.

        Raises:
            BackendError: a BatchNorm would not learn its statistics.
        """
        to_input = needs_input_gradient(spec)
        context = _context(model)
        inputs, targets = (to_nd(a, how.dtype, context) for a in (how.xs, how.ys))
        set_seed(how.seed)
        batches = zip(inputs, targets, strict=True)
        trainer = to_trainer(how.optimizer, model)
        losses = []
        loss = LOSSES[how.loss]
        steps = train(model, batches, trainer, loss, how.rates, to_input)
        for number, value in enumerate(steps):
            losses.append(value)
            how.tell(number, read, model, spec)
        return Trained(np.concatenate(losses), read(model, spec))

    def read(
        self,
        source: Any,
        example: object,
        *,
        name: str | None = None,
        evaluation_only: bool = False,
        output: str | None = None,
    ) -> Reading:
        """Read a block for `netspec.importing.gluon`."""
        from netspec_gluon._reading import reading  # and with it the rules

        return reading(
            source, example, name=name, evaluation_only=evaluation_only, output=output
        )

    def original(self, model: object) -> GluonOriginal | None:
        """Take a block that netspec did not make, or the files of one; see
        `netspec.contract.OriginalBackend`.
        """
        from netspec_gluon._original import original

        return original(model, self.numerics)


def _filled(spec: Spec, ctx: Context, params: Arrays) -> nn.HybridSequential:
    made = Program(network(spec, ctx), (), ties=gluon_ties(spec))
    model: nn.HybridSequential = assemble(made, share)
    model.initialize(mx.init.Zero())
    fill(model, spec, params)
    return model


def _copied(
    model: nn.HybridBlock, spec: Spec, mode: Mode, context: mx.Context
) -> nn.HybridSequential:
    """Build a network with the same parameters; outside of training BatchNorm and
    Dropout are frozen in it, so that it can be recorded in training mode.
    """
    with context:
        frozen = Context(mode.dtype, frozen=not mode.train)
        return _filled(spec, frozen, read(model, spec))


def _context(model: nn.HybridBlock) -> mx.Context:
    """Find the device of the model; without parameters, the current one."""
    own = next(iter(named_parameters(model).values()), None)
    return mx.current_context() if own is None else own.list_ctx()[0]


def _forgets_maxima(layers: list[Layer], dtype: str, context: mx.Context) -> bool:
    return (
        dtype == "float32"
        and context.device_type != "gpu"
        and any(map(takes_maxima, layers))
    )
