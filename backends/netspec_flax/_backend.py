"""Flax NNX as a backend."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import Any

import jax
import numpy as np
from flax import nnx

from netspec.contract import (
    Array,
    Arrays,
    GuardedBackend,
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
    Mode,
    Observer,
    Step,
    Trace,
    Trained,
    Training,
)
from netspec.declare import FrozenDict
from netspec.errors import BackendError
from netspec.program.render import Listing
from netspec.spec import Spec, init_params
from netspec_flax._compiled import forward_of, step_of
from netspec_flax._lowering import is_own
from netspec_flax._model import Parts, drawn, filled, parts
from netspec_flax._network import Network
from netspec_flax._program import listing, source
from netspec_flax._training import train
from netspec_flax._variables import fill, to_arrays, values
from netspec_jax import (
    Options,
    compares,
    computing_in,
    drawing_from,
    is_long,
    kept,
    key_of,
    options_now,
    quick_environment,
    quickest,
    quickly,
    to_device,
)


class FlaxBackend(
    GuardedBackend[Network], GuardedListing, GuardedTracing, GuardedTraining
):
    """Specs as a `Network`, a `flax.nnx.Module`.

    A compiled model starts in training mode, as every new module does. Without `params`
    and `seed` it starts as ``Net(rngs=nnx.Rngs(0))`` of the exported file does. What
    calls a float64 model must do so inside ``jax.enable_x64(True)``.

    `load_params` returns the same object, and `train` trains it in place; nothing else
    changes a model. `forward` and `step` multiply in full float32.
    """

    name = "flax"

    @property
    def device(self) -> str:
        """The kind of device on which JAX puts arrays unless told."""
        return jax.default_backend()

    @property
    def observer(self) -> Observer:
        """Run exported files with the options of `quick`."""
        script = Path(__file__).with_name("_observe.py")
        return Observer(script, quick_environment(), quickest)

    def quick(self) -> AbstractContextManager[None]:
        """Give a context in which what is compiled is quick to compile."""
        return quickly()

    def kept(self, folder: str | PathLike[str]) -> AbstractContextManager[None]:
        """Give a context in which programs are kept in a folder, and found there."""
        return kept(folder)

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Give a context in which ``compile(spec)`` draws from a seed, as one
        program.
        """
        return drawing_from(seed)

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> Any:
        place = to_device(device)
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
            made = drawn(spec, dtype) if params is None else filled(spec, params, dtype)
        return made if place is None else _moved(made, place, dtype)

    def _compile_seeded(self, spec: Spec, seed: int, dtype: str, device: Any) -> Any:
        return self._compile(spec, init_params(spec, seed, dtype), dtype, device)

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return source(spec, dtype, weights)

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return listing(spec, dtype)

    def _params(self, model: Any, spec: Spec) -> dict[str, Array]:
        with computing_in(self._dtype(model) or "float32"):
            return to_arrays(spec, model, values(spec, model))

    def _load_params(self, model: Any, spec: Spec, params: Arrays) -> Any:
        dtype = self._dtype(model) or "float32"
        with computing_in(dtype):
            fill(spec, model, params, dtype)
        return model

    def _dtype(self, model: Any) -> str | None:
        held = jax.tree.leaves(nnx.state(model, (nnx.Param, nnx.BatchStat)))
        return str(held[0].dtype) if held else None

    def _forward(self, model: Any, spec: Spec, x: Array, mode: Mode) -> Array:
        with computing_in(mode.dtype):
            graph, *arrays = parts(model)
            run = forward_of(_options(spec))
            key = _key(spec, mode.train, mode.seed)
            return np.array(run(graph, _asked(spec, mode.train), arrays, x, key))

    def _step(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        with computing_in(mode.dtype):
            graph, *arrays = parts(model)
            how = _asked(spec, mode.train), spec.input_dtype == "float"
            key = _key(spec, mode.train, mode.seed)
            run = step_of(_options(spec))
            y, grads, stats = run(graph, *how, arrays, x, cotangent, key)
            return _to_step(spec, model, y, grads, stats)

    def _trace(
        self, model: Any, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step of a net with taps, which computes the same."""
        from netspec_flax._tracing import trace

        key = _key(spec, mode.train, mode.seed)
        with computing_in(mode.dtype):
            return trace(model, spec, x, cotangent, mode, key)

    def _train(self, model: Any, spec: Spec, how: Training) -> Trained:
        """Train in place, with `nnx.Optimizer` and optax, in compiled steps."""
        losses = []
        with computing_in(how.dtype):
            key = _key(spec, True, how.seed)
            long = is_long(spec, how.dtype, math.prod(how.xs.shape[:2]))
            options: Options = FrozenDict() if long else _options(spec)
            for step, loss in enumerate(train(model, how, key, options)):
                losses.append(loss)
                how.tell(step, self._params, model, spec)
            return Trained(np.stack(losses), self._params(model, spec))


def _options(spec: Spec) -> Options:
    return options_now(FrozenDict(), compares(spec))


def _asked(spec: Spec, train: bool) -> bool:
    """Say the mode; evaluation where no layer asks, so that one program serves both."""
    nodes = [*spec.graph.walk()]
    asks = any(node.layer.random or not is_own(node.layer) for node in nodes)
    state = not all(p.trainable for p in spec.parameters().values())
    return train and (asks or state)


def _to_step(spec: Spec, model: Any, y: Any, grads: Any, stats: Any) -> Step:
    """Convert the results of a compiled step to arrays in canonical layout."""
    of_params, *of_input = grads
    given = parts(model)
    merge: Any = nnx.merge
    found = merge(*Parts(given.graph, of_params, stats, given.rest))
    arrays = to_arrays(spec, found, values(spec, found))
    declared = spec.parameters()
    trained = {path for path, parameter in declared.items() if parameter.trainable}
    return Step(
        output=np.array(y),
        grad_input=np.array(*of_input) if of_input else None,
        grad_params={path: a for path, a in arrays.items() if path in trained},
        state={path: a for path, a in arrays.items() if path not in trained},
    )


def _moved(model: Any, place: Any, dtype: str) -> Any:
    merge: Any = nnx.merge
    with computing_in(dtype):
        graph, state = nnx.split(model)
        return merge(graph, jax.device_put(state, place))


def _key(spec: Spec, train: bool, seed: int | None) -> jax.Array | None:
    """Make the key of a seed; None without one, which training with dropout refuses."""
    if seed is not None:
        return key_of(seed)
    for node in spec.graph.walk() if train else ():
        if node.layer.random and node.layer.zeroing_rate != 0:
            kind = type(node.layer).__name__
            raise BackendError(
                f"{node.path} {kind}: training needs random numbers; give seed="
            )
    return None
