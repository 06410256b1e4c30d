"""PyTorch as a backend."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

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
from netspec.declare import FrozenDict
from netspec.errors import BackendError
from netspec.program import build, evaluate
from netspec.program.render import Listing
from netspec.spec import (
    Spec,
    check_dtype,
    check_memory,
    check_params,
    draw_into,
    init_params,
)
from netspec_torch._arrays import (
    detached,
    fill,
    find,
    tensors,
    to_array,
    to_device,
    to_tensor,
)
from netspec_torch._modes import SkipInit, seeded, training
from netspec_torch._program import listing, network, program, source
from netspec_torch._tracing import watching
from netspec_torch._training import LOSSES, to_torch, train


class TorchBackend:
    """Specs as `torch.nn.Sequential`.

    A compiled model starts in training mode, as every new module does.
    """

    name = "torch"
    numerics = Numerics(running_variance="unbiased")

    @property
    def observer(self) -> Observer:
        """Sums of another number of threads have other last bits."""
        threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
        return Observer(Path(__file__).with_name("_observe.py"), FrozenDict(threads))

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float32",
        device: Any = None,
    ) -> nn.Sequential:
        """An `nn.Sequential`, of this type exactly.

        Without `params` and `seed` it is what the exported file makes, number by
        number: ``torch.manual_seed`` decides, on the CPU and in the order of the file.

        Raises:
            BackendError: PyTorch cannot build it, or has no such device.
            ParameterError: `params` do not fit the spec.
        """
        check_arguments(dtype, params, seed)
        check_memory(spec, dtype)
        place = to_device(device)
        if params is not None:
            check_params(spec, params)
            model = _bare(spec, dtype)
            fill(model, params)
        elif seed is not None:
            model = _bare(spec, dtype)
            _draw(model, spec, int(seed), dtype)
        else:
            model = build(program(spec, dtype), find)
            _check_names(spec, model)
        if torch.get_default_dtype() is not torch.float32:  # the user's, not ours
            model.to(getattr(torch, dtype))
        return model if place is None else model.to(place)

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Inside, ``compile(spec)`` draws from this seed; afterwards PyTorch's
        generator is where it was. An ability beyond `Backend`.
        """
        return seeded(seed, torch.device("cpu"))

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """A Python file that needs only torch: ``build()`` and ``initialize(net)``,
        and ``load_weights(net, path)`` if asked.

        Raises:
            BackendError: PyTorch cannot build it, or the source of a layer that is not
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

    def params(self, model: nn.Module, spec: Spec) -> dict[str, Array]:
        _check_names(spec, model)
        held = tensors(model)
        return {path: to_array(held[path]) for path in spec.parameters()}

    def load_params(
        self, model: nn.Sequential, spec: Spec, params: Arrays
    ) -> nn.Sequential:
        """The same object, with copies of these parameters in its own dtype."""
        check_params(spec, params)
        _check_names(spec, model)
        fill(model, params)
        return model

    def forward(
        self,
        model: nn.Module,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        _check(model, spec, x, train)
        with torch.no_grad():
            batch = _batch(model, spec, x)
            return to_array(_call(model, detached(model), batch, train, seed))

    @torch.enable_grad()
    def step(
        self,
        model: nn.Module,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Step:
        """One forward and one backward pass; the model does not change."""
        dtype = _check(model, spec, x, train)
        check_cotangent(spec, x, cotangent, dtype)
        values, batch = detached(model), _batch(model, spec, x)
        declared = spec.parameters()
        trained = [path for path, parameter in declared.items() if parameter.trainable]
        wanted = [values[path] for path in trained]
        if spec.input_dtype == "float":
            wanted.append(batch)
        for tensor in wanted:
            tensor.requires_grad_()
        output = _call(model, values, batch, train, seed)
        seen = to_tensor(cotangent, output.device)
        grads = torch.autograd.grad(output, wanted, seen, materialize_grads=True)
        arrays = [to_array(grad) for grad in grads]
        return Step(
            output=to_array(output),
            grad_input=arrays.pop() if spec.input_dtype == "float" else None,
            grad_params=dict(zip(trained, arrays, strict=True)),
            state={p: to_array(values[p]) for p in declared if p not in trained},
        )

    def trace(
        self,
        model: nn.Module,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """`step`, seen by hooks; the model does not change."""
        with watching(model, spec) as (outputs, grads):
            step = self.step(model, spec, x, cotangent, train=train, seed=seed)
        return Trace(step, outputs, grads)

    @torch.enable_grad()
    def train(
        self,
        model: nn.Module,
        spec: Spec,
        xs: Array,
        ys: Array,
        optimizer: Optimizer,
        loss: Loss,
        *,
        seed: int | None = None,
    ) -> Trained:
        """Train the model in place, with `torch.optim`, and leave its mode alone."""
        check_training(spec, xs, ys, loss, _dtype(model, xs))
        rates = optimizer.rates(len(xs))
        inputs = _batch(model, spec, xs)
        labels = loss == "cross_entropy"
        targets = to_tensor(ys.astype(np.int64) if labels else ys, inputs.device)
        own = to_torch(optimizer, model.parameters())
        with training(model, True), seeded(seed, inputs.device):
            losses = train(model, inputs, targets, own, LOSSES[loss], rates)
        return Trained(to_array(losses), self.params(model, spec))


def _bare(spec: Spec, dtype: str) -> nn.Sequential:
    with SkipInit():
        model: nn.Sequential = evaluate(network(spec, dtype))
    _check_names(spec, model)
    return model


def _draw(model: nn.Module, spec: Spec, seed: int, dtype: str) -> None:
    """Portable parameters, drawn in place where NumPy can write into the model."""
    held = tensors(model)
    own = {path: held[path].detach() for path in spec.parameters()}
    if all(
        t.is_cpu and t.is_contiguous() and t.dtype == torch.float32
        for t in own.values()
    ):
        draw_into({path: tensor.numpy() for path, tensor in own.items()}, spec, seed)
    else:
        fill(model, init_params(spec, seed, dtype))


def _check_names(spec: Spec, model: nn.Module) -> None:
    """Refuse a model of another spec, and a module of a user's layer whose parameters
    are not those that the layer declares.
    """
    declared = {path: p.shape for path, p in spec.parameters().items()}
    held = {path: tuple(t.shape) for path, t in tensors(model).items()}
    own = dict(model.named_parameters())
    for path in {**declared, **own}:
        if declared.get(path) != held.get(path):
            raise BackendError(
                f"{path}: the spec has a parameter of shape {declared.get(path)}, the"
                f" model one of shape {held.get(path)}; give the model's own spec, or"
                " make what the layer declares agree with its module"
            )


def _check(model: nn.Module, spec: Spec, x: Array, train: bool) -> str:
    """Refuse a batch that the model cannot take; gives the dtype of the model."""
    dtype = _dtype(model, x)
    check_input(spec, x, dtype)
    if train:
        check_training_batch(spec, x)
    return dtype


def _dtype(model: nn.Module, x: Array) -> str:
    """That of the model; without parameters, that of the batch."""
    held = (tensor.dtype for tensor in tensors(model).values())
    own = next((kind for kind in held if kind.is_floating_point), None)
    dtype = str(getattr(x, "dtype", "float32") if own is None else own)
    return dtype.removeprefix("torch.")


def _batch(model: nn.Module, spec: Spec, x: Array) -> Tensor:
    device = next((p.device for p in model.parameters()), None)
    return to_tensor(x.astype(np.int64) if spec.input_dtype == "int" else x, device)


def _call(
    model: nn.Module,
    values: dict[str, Tensor],
    batch: Tensor,
    train: bool,
    seed: int | None,
) -> Tensor:
    with training(model, train), seeded(seed, batch.device):
        output: Tensor = functional_call(model, values, (batch,))
    return output
