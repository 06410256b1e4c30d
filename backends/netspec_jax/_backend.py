"""JAX as a backend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import Any

import jax
import numpy as np

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
from netspec.errors import BackendError, said
from netspec.program import evaluate
from netspec.program.render import Listing
from netspec.spec import Spec, init_params
from netspec_jax._arrays import beside, check_names, to_arrays, to_trees
from netspec_jax._comparing import compares
from netspec_jax._compiled import forward_of, run_step, to_step
from netspec_jax._kept import kept
from netspec_jax._loops import is_long
from netspec_jax._lowering import is_own
from netspec_jax._model import Init, PureModel, functions
from netspec_jax._modes import (
    SEED,
    Options,
    computing_in,
    drawing_from,
    key_of,
    options_now,
    quick_environment,
    quick_to_compile,
    quickest,
    quickly,
    to_device,
)
from netspec_jax._program import listing, program, source
from netspec_jax._tracing import OUTPUT, TAP, seen, tapped, with_taps
from netspec_jax.support.base import Tree


class JaxBackend(
    GuardedBackend[PureModel], GuardedListing, GuardedTracing, GuardedTraining
):
    """Specs as pure functions.

    Without `params` and `seed` a model starts from ``init(jax.random.key(0))``. What
    calls a float64 model must do so inside ``jax.enable_x64(True)``.

    `forward` and `step` multiply in full float32. A raw model follows
    ``jax.default_matmul_precision``, which is lower on GPUs and TPUs unless it is set.
    Nothing here changes a model.

    Args:
        compiler_options: what `forward` and `step` give to ``jax.jit``, such as
            `quick_to_compile()` where compiling a large net takes longer than
            checking it. Without any they compile as a user's own jit does.
    """

    name = "jax"

    def __init__(
        self, compiler_options: Mapping[str, bool | int | str] | None = None
    ) -> None:
        self._options: Options = FrozenDict(compiler_options)

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
        """Give a context in which what has no options is `quick_to_compile`, except for
        training that would then take longer (`is_long`).
        """
        return quickly()

    def kept(self, folder: str | PathLike[str]) -> AbstractContextManager[None]:
        """Give a context in which programs are kept in a folder, and found there."""
        return kept(folder)

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Give a context in which ``compile(spec)`` starts from ``init`` with a key of
        a seed, as one program that is `quick_to_compile`.
        """
        return drawing_from(seed)

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> PureModel:
        own = None if params is None else _copies(spec, params, dtype)
        return _model(spec, own, dtype, device)

    def _compile_seeded(
        self, spec: Spec, seed: int, dtype: str, device: Any
    ) -> PureModel:
        return _model(spec, init_params(spec, seed, dtype), dtype, device)

    def _source(self, spec: Spec, dtype: str, weights: bool) -> str:
        return source(spec, dtype, weights)

    def _listing(self, spec: Spec, dtype: str) -> Listing:
        return listing(spec, dtype)

    def _params(self, model: PureModel, spec: Spec) -> dict[str, Array]:
        check_names(spec, model.params, model.state)
        return to_arrays(spec, model.params, model.state)

    def _load_params(self, model: PureModel, spec: Spec, params: Arrays) -> PureModel:
        """Give the same functions with parameters on the devices of those before."""
        check_names(spec, model.params, model.state)
        dtype = self._dtype(model) or "float32"
        trees = to_trees(spec, _copies(spec, params, dtype))
        with computing_in(dtype):
            trees = jax.tree.map(beside, trees, (model.params, model.state))
        return PureModel(model.init, model.apply, *trees)

    def _dtype(self, model: PureModel) -> str | None:
        leaves = jax.tree.leaves((model.params, model.state))
        return str(leaves[0].dtype) if leaves else None

    def _now(self, spec: Spec) -> Options:
        return options_now(self._options, compares(spec))

    def _forward(self, model: PureModel, spec: Spec, x: Array, mode: Mode) -> Array:
        with computing_in(mode.dtype):
            run = forward_of(model.apply, mode.train, self._now(spec))
            y, _ = run(model.params, model.state, x, _key(spec, mode.train, mode.seed))
            return np.array(y)

    def _step(
        self, model: PureModel, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Step:
        with computing_in(mode.dtype):
            key, options = _key(spec, mode.train, mode.seed), self._now(spec)
            passed = run_step(model, spec, x, cotangent, mode.train, key, options)
            return to_step(spec, *passed)

    def _trace(
        self, model: PureModel, spec: Spec, x: Array, cotangent: Array, mode: Mode
    ) -> Trace:
        """Make a step of a net with taps, which computes the same; unless there are
        compiler options it is `quick_to_compile`.
        """
        with computing_in(mode.dtype):
            key = _key(spec, mode.train, mode.seed)
            options = self._options or quick_to_compile(compares(spec))
            params = with_taps(model.params, spec, len(x), mode.dtype)
            own = model._replace(apply=tapped(spec, mode.dtype), params=params)
            passed = run_step(own, spec, x, cotangent, mode.train, key, options)
            _, grads, state = passed
            outputs, taps = seen(spec, state, OUTPUT), seen(spec, grads[0], TAP)
            return Trace(to_step(spec, *passed), outputs, taps)

    def _train(self, model: PureModel, spec: Spec, how: Training) -> Trained:
        """Train with optax, in compiled steps.

        Raises:
            BackendError: optax is not installed.
        """
        try:
            from netspec_jax._training import train
        except ModuleNotFoundError as error:
            raise BackendError(
                f"JAX has no optimizers of its own: {said(error)}; run: pip install"
                " optax"
            ) from error
        losses = []
        with computing_in(how.dtype):
            key = _key(spec, True, how.seed)
            examples = math.prod(how.xs.shape[:2])
            long = is_long(spec, how.dtype, examples)
            options = self._options if long else self._now(spec)
            steps = train(model, how, key, options)
            for step, (params, state, loss) in enumerate(steps):
                losses.append(loss)
                how.tell(step, to_arrays, spec, params, state)
            return Trained(np.stack(losses), to_arrays(spec, params, state))


def _model(
    spec: Spec, arrays: dict[str, Array] | None, dtype: str, device: Any
) -> PureModel:
    """Build a model with arrays that nobody else holds; None for JAX's own draws."""
    place = to_device(device)
    init, apply = functions(evaluate(program(spec, dtype).modules), dtype)
    with computing_in(dtype):
        if arrays is None:
            trees = _drawn(init)
            check_names(spec, *trees)
        else:
            _check_init(spec, init)
            trees = to_trees(spec, arrays)
        return PureModel(init, apply, *jax.device_put(trees, place))


def _drawn(init: Init) -> tuple[Tree, Tree]:
    seed = SEED.get()
    if seed is None:
        return init(jax.random.key(0))
    quick: Init = jax.jit(init, compiler_options=dict(quick_to_compile()))
    return quick(key_of(seed))


def _copies(spec: Spec, params: Arrays, dtype: str) -> dict[str, Array]:
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite
        return {
            # kernels in the order of axes that they have in JAX, where copying is quick
            path: params[path].astype(dtype, "F" if p.is_kernel else "C")
            for path, p in spec.parameters().items()
        }


def _check_init(spec: Spec, init: Init) -> None:
    """`check_names`, where a layer is not ours, without drawing anything."""
    if not all(is_own(node.layer) for node in spec.graph.walk()):
        check_names(spec, *jax.eval_shape(lambda: init(jax.random.key(0))))


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
