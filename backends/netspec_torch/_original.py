"""Modules that netspec did not make, run beside what was made of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from netspec.contract import (
    Array,
    Arrays,
    Mode,
    Numerics,
    OriginalSubject,
    Step,
)
from netspec.errors import BackendError, said
from netspec.spec import Spec
from netspec_torch._arrays import tensors, to_array, to_device, to_tensor
from netspec_torch._modes import seeded, training
from netspec_torch.importing.layers import ROUNDED

aten: Any = torch.ops.aten


class TorchOriginal:
    """Any module; see `netspec.contract.Original`."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        kind = type(module)
        self.kind = f"module of PyTorch, {kind.__module__}.{kind.__qualname__}"

    def weights(self) -> dict[str, Array]:
        return {name: to_array(t) for name, t in tensors(self.module).items()}

    def subject(self, names: Mapping[str, str]) -> TorchSubject:
        return TorchSubject(self.module, names)


class TorchSubject(OriginalSubject[nn.Module]):
    """Copies of a module.

    Attributes:
        numerics: with what its gradients were seen to keep in float32.
    """

    numerics = Numerics(running_variance="unbiased")

    def __init__(self, module: nn.Module, names: Mapping[str, str]) -> None:
        super().__init__("original torch", names)
        self.module = module

    def _copy(self, spec: Spec, dtype: str, device: Any) -> nn.Module:
        try:
            copied = copy.deepcopy(self.module)
        except Exception as error:  # of code of the user's
            raise BackendError(
                f"the original cannot be copied: {said(error, first_line=True)}; make"
                " its tensors parameters or buffers"
            ) from error
        return copied.to(to_device(device), getattr(torch, dtype))

    def _read(self, model: nn.Module) -> dict[str, Array]:
        return {name: to_array(tensor) for name, tensor in tensors(model).items()}

    @torch.no_grad()
    def _with(self, model: nn.Module, arrays: Arrays) -> nn.Module:
        held = tensors(model)
        for name, array in arrays.items():
            held[name].copy_(to_tensor(array).reshape(held[name].shape))
        return model

    def _dtype(self, model: nn.Module) -> str | None:
        held = (tensor.dtype for tensor in tensors(model).values())
        own = next((kind for kind in held if kind.is_floating_point), None)
        return None if own is None else str(own).removeprefix("torch.")

    def _forward(self, model: nn.Module, spec: Spec, x: Array, mode: Mode) -> Array:
        batch = _batch(model, spec, x)
        with torch.no_grad(), _running(model, mode, batch):
            return to_array(chosen(model(batch), spec))

    @torch.enable_grad()
    def _step(
        self, model: nn.Module, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        held, batch = tensors(model), _batch(model, spec, x)
        wanted = {name: held[name] for name in self.trained(spec)}
        asked = [*wanted.values(), *[batch] * (spec.input_dtype == "float")]
        for tensor in asked:
            tensor.requires_grad_()
        watched = Watched()
        with _running(model, mode, batch), watched:
            # a copy: what is first may work in place, which a leaf forbids
            output = chosen(model(batch.clone()), spec)
            self.check_shape(output.shape[1:], spec)
            seen = to_tensor(cotangent, output.device)
            grads = torch.autograd.grad(
                output, asked, seen, allow_unused=True, materialize_grads=True
            )
            after = self._read(model)
        kept = self.numerics.float32_scalars | watched.found
        self.numerics = replace(self.numerics, float32_scalars=kept)
        arrays = [to_array(grad) for grad in grads]
        named = dict(zip(wanted, arrays, strict=False))
        return Step(
            output=to_array(output),
            grad_input=arrays[-1] if spec.input_dtype == "float" else None,
            grad_params=self.by_path(named, spec, trainable=True),
            state=self.by_path(after, spec, trainable=False),
        )


def chosen(output: Any, spec: Spec) -> Tensor:
    """Return the output of a model that the spec has: of several the first of its
    shape.

    Raises:
        BackendError: none is a tensor.
    """
    found = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
    if not found:
        raise BackendError("the original gives no tensor; its output must be one")
    fit = (one for one in found if tuple(one.shape[1:]) == spec.output_shape)
    return next(fit, found[0])


def _batch(model: nn.Module, spec: Spec, x: Array) -> Tensor:
    device = next((tensor.device for tensor in tensors(model).values()), None)
    return to_tensor(x.astype(np.int64) if spec.input_dtype == "int" else x, device)


@contextmanager
def _running(model: nn.Module, mode: Mode, batch: Tensor) -> Iterator[None]:
    """Give a context in which a model runs in a mode, and is afterwards as before."""
    draws = mode.seed is not None or not mode.train
    averaged: Any = nullcontext() if draws else Averaged()  # type: ignore[no-untyped-call]
    mode_of = training(model, mode.train)
    with mode_of, seeded(mode.seed, batch.device), _restored(model), averaged:
        yield


@contextmanager
def _restored(model: nn.Module) -> Iterator[None]:
    """Put running statistics back."""
    before = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, kept in before:
                buffer.copy_(kept)


class Watched(TorchDispatchMode):
    """A mode that finds which scalars are rounded to float32 in a model of float64.

    Attributes:
        found: layer types and fields, as in `netspec.contract.Numerics`.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.found: set[tuple[str, str]] = set()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if scalar := ROUNDED.get(str(func).removesuffix(".default")):
            self.found.add(scalar)
        return func(*args, **(kwargs or {}))


class Averaged(TorchDispatchMode):
    """A mode in which each draw of zeros and ones is its mean.

    Dropout, and what drops branches, draws what it keeps with the probability by which
    it then divides: with the mean in its place it changes nothing.
    """

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        made = MEANS.get(func)
        return func(*args, **(kwargs or {})) if made is None else made(*args)


MEANS: Mapping[Any, Callable[..., Any]] = {
    aten.bernoulli_.float: lambda x, p=0.5: x.fill_(p),
    aten.bernoulli_.Tensor: lambda x, p: x.copy_(p),
    aten.bernoulli.default: lambda p: p.clone(),
    aten.bernoulli.p: torch.full_like,
    aten.native_dropout.default: lambda x, p, train: (
        x.clone(),
        torch.ones_like(x, dtype=torch.bool),
    ),
}
