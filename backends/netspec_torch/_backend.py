"""PyTorch as a backend."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

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
from netspec.declare import FrozenDict
from netspec.errors import ParameterError, said, shorten
from netspec.program import Program, assemble, build
from netspec.program.render import Listing
from netspec.spec import Spec, draw_into, init_params
from netspec_torch._arrays import (
    check_names,
    detached,
    fill,
    find,
    share,
    tensors,
    to_array,
    to_device,
    to_tensor,
)
from netspec_torch._modes import SkipInit, seeded, training
from netspec_torch._original import TorchOriginal
from netspec_torch._program import listing, network, program, source
from netspec_torch._tracing import watching
from netspec_torch._training import LOSSES, to_torch, train

if TYPE_CHECKING:
    from netspec.importing import Reading


class TorchBackend(
    GuardedBackend[nn.Sequential], GuardedListing, GuardedTracing, GuardedTraining
):
    """Specs as `torch.nn.Sequential`, of this type exactly.

    A compiled model starts in training mode, as every new module does. Without `params`
    and `seed` it is what the exported file makes, number by number:
    ``torch.manual_seed`` decides, on the CPU and in the order of the file.

    `load_params` returns the same object, and `train` trains it in place and leaves its
    mode alone; nothing else changes a model.
    """

    name = "torch"
    numerics = Numerics(running_variance="unbiased")

    @property
    def device(self) -> str:
        """The kind of device on which PyTorch makes tensors unless told."""
        return torch.get_default_device().type.replace("cuda", "gpu")

    @property
    def observer(self) -> Observer:
        """Sums of another number of threads have other last bits."""
        threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
        return Observer(Path(__file__).with_name("_observe.py"), FrozenDict(threads))

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Give a context in which ``compile(spec)`` draws from a seed; afterwards
        PyTorch's generator is where it was.
        """
        return seeded(seed, torch.device("cpu"))

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> nn.Sequential:
        place = to_device(device)
        if params is None:
            model: nn.Sequential = build(program(spec, dtype), find, share)
            check_names(spec, model)
        else:
            model = _bare(spec, dtype)
            fill(model, params)
        return _placed(model, dtype, place)

    def _compile_seeded(
        self, spec: Spec, seed: int, dtype: str, device: Any
    ) -> nn.Sequential:
        place = to_device(device)
        model = _bare(spec, dtype)
        _draw(model, spec, seed, dtype)
        return _placed(model, dtype, place)

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return source(spec, dtype, weights)

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return listing(spec, dtype)

    def _params(self, model: nn.Module, spec: Spec) -> dict[str, Array]:
        check_names(spec, model)
        held = tensors(model)
        return {path: to_array(held[path]) for path in spec.parameters()}

    def _load_params(
        self, model: nn.Sequential, spec: Spec, params: Arrays
    ) -> nn.Sequential:
        check_names(spec, model)
        fill(model, params)
        return model

    def _dtype(self, model: nn.Module) -> str | None:
        held = (tensor.dtype for tensor in chain(model.parameters(), model.buffers()))
        own = next((kind for kind in held if kind.is_floating_point), None)
        return None if own is None else str(own).removeprefix("torch.")

    def _forward(self, model: nn.Module, spec: Spec, x: Array, mode: Mode) -> Array:
        with torch.no_grad():
            batch = _batch(model, spec, x)
            return to_array(_call(model, detached(model), batch, mode))

    @torch.enable_grad()
    def _step(
        self, model: nn.Module, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        values, batch = detached(model), _batch(model, spec, x)
        declared = spec.parameters()
        trained = [path for path, parameter in declared.items() if parameter.trainable]
        wanted = [values[path] for path in trained]
        if spec.input_dtype == "float":
            wanted.append(batch)
        for tensor in wanted:
            tensor.requires_grad_()
        output = _call(model, values, batch, mode)
        seen = to_tensor(cotangent, output.device)
        grads = torch.autograd.grad(output, wanted, seen, materialize_grads=True)
        arrays = [to_array(grad) for grad in grads]
        return Step(
            output=to_array(output),
            grad_input=arrays.pop() if spec.input_dtype == "float" else None,
            grad_params=dict(zip(trained, arrays, strict=True)),
            state={p: to_array(values[p]) for p in declared if p not in trained},
        )

    def _trace(
        self, model: nn.Module, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step that is seen by hooks of PyTorch."""
        with watching(model, spec) as (outputs, grads):
            step = self._step(model, spec, x, cotangent, mode)
        return Trace(step, outputs, grads)

    @torch.enable_grad()
    def _train(self, model: nn.Module, spec: Spec, how: Training) -> Trained:
        """Train in place, with `torch.optim`."""
        inputs = _batch(model, spec, how.xs)
        ys = how.ys.astype(np.int64) if how.loss == "cross_entropy" else how.ys
        targets = to_tensor(ys, inputs.device)
        own = to_torch(how.optimizer, model.parameters())
        losses: list[Tensor] = []
        with training(model, True), seeded(how.seed, inputs.device):
            steps = train(model, inputs, targets, own, LOSSES[how.loss], how.rates)
            for step, loss in enumerate(steps):
                losses.append(loss)
                how.tell(step, self._params, model, spec)
        return Trained(to_array(torch.stack(losses)), self._params(model, spec))

    def read(
        self,
        source: nn.Module,
        example: object,
        *,
        name: str | None = None,
        evaluation_only: bool = False,
        output: str | None = None,
    ) -> Reading:
        """Read a module for `netspec.importing.torch`."""
        from netspec_torch.importing import reading  # as slow as all else here

        return reading(
            source, example, name=name, evaluation_only=evaluation_only, output=output
        )

    def original(self, model: object) -> TorchOriginal | None:
        """Take a module that netspec did not make; see
        `netspec.contract.OriginalBackend`.
        """
        return TorchOriginal(model) if isinstance(model, nn.Module) else None

    def read_state(self, path: str) -> Mapping[str, Any]:
        """Read a file that ``torch.save`` wrote for `netspec.adopt`; nothing in it is
        run.

        Raises:
            ParameterError: it holds more than arrays, or is damaged.
        """
        try:
            mapped = is_zipfile(path)  # old files cannot be
            held = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
        except Exception as error:  # pickle's, zip's and PyTorch's own
            raise ParameterError(
                "PyTorch reads no arrays in it without running code of its own"
                f" ({said(error, first_line=True)}); if you trust it, save the"
                " state_dict() of the model in it, by torch.save"
            ) from None
        if not isinstance(held, Mapping):
            raise ParameterError(
                f"holds {shorten(held)}; save a state_dict(), by torch.save"
            )
        return held


def _bare(spec: Spec, dtype: str) -> nn.Sequential:
    with SkipInit():
        made = Program(network(spec, dtype), (), ties=spec.ties)
        model: nn.Sequential = assemble(made, share)
    check_names(spec, model)
    return model


def _draw(model: nn.Module, spec: Spec, seed: int, dtype: str) -> None:
    """Draw portable parameters, in place where NumPy can write into the model."""
    held = tensors(model)
    own = {path: held[path].detach() for path in spec.parameters()}
    if all(
        t.is_cpu and t.is_contiguous() and t.dtype == torch.float32
        for t in own.values()
    ):
        draw_into({path: tensor.numpy() for path, tensor in own.items()}, spec, seed)
    else:
        fill(model, init_params(spec, seed, dtype))


def _placed(
    model: nn.Sequential, dtype: str, place: torch.device | None
) -> nn.Sequential:
    if torch.get_default_dtype() is not torch.float32:  # the user's, not ours
        model.to(getattr(torch, dtype))
    return model if place is None else model.to(place)


def _batch(model: nn.Module, spec: Spec, x: Array) -> Tensor:
    device = next((p.device for p in model.parameters()), None)
    return to_tensor(x.astype(np.int64) if spec.input_dtype == "int" else x, device)


def _call(
    model: nn.Module, values: dict[str, Tensor], batch: Tensor, mode: Mode
) -> Tensor:
    with training(model, mode.train), seeded(mode.seed, batch.device):
        output: Tensor = functional_call(model, values, (batch,), tie_weights=False)
    return output
