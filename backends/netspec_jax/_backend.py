"""JAX as a backend."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import jax
import numpy as np

from netspec.contract import (
    Array,
    Arrays,
    Loss,
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
from netspec.program import evaluate
from netspec.program.render import Listing
from netspec.spec import Spec, check_dtype, check_memory, check_params, init_params
from netspec_jax._arrays import beside, check_names, to_arrays, to_trees
from netspec_jax._compiled import forward_of, run_step, to_step
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
    quickly,
    to_device,
)
from netspec_jax._program import listing, program, source
from netspec_jax._tracing import OUTPUT, TAP, seen, tapped, with_taps
from netspec_jax.support.base import Tree


class JaxBackend:
    """Specs as pure functions.

    `forward` and `step` multiply in full float32. A raw model follows
    ``jax.default_matmul_precision``, which is lower on GPUs and TPUs unless it is set.

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

    def compile(
        self,
        spec: Spec,
        *,
        params: Arrays | None = None,
        seed: int | None = None,
        dtype: str = "float32",
        device: Any = None,
    ) -> PureModel:
        """A `PureModel`.

        Without `params` and `seed` it starts from ``init(jax.random.key(0))``. What
        calls a float64 model must do so inside ``jax.enable_x64(True)``.

        Raises:
            BackendError: JAX cannot build it, or has no such device.
            ParameterError: `params` do not fit the spec.
        """
        check_arguments(dtype, params, seed)
        check_memory(spec, dtype)
        place = to_device(device)
        init, apply = functions(evaluate(program(spec, dtype).modules), dtype)
        arrays = _arrays(spec, params, seed, dtype)
        with computing_in(dtype):
            if arrays is None:
                trees = _drawn(init)
                check_names(spec, *trees)
            else:
                _check_init(spec, init)
                trees = to_trees(spec, arrays)
            return PureModel(init, apply, *jax.device_put(trees, place))

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """Inside, ``compile(spec)`` starts from ``init`` with a key of this seed, as
        one program that is `quick_to_compile`. An ability beyond `Backend`.
        """
        return drawing_from(seed)

    @property
    def observer(self) -> Observer:
        """Runs exported files with the options of `quick`."""
        return Observer(Path(__file__).with_name("_observe.py"), quick_environment())

    def quick(self) -> AbstractContextManager[None]:
        """Inside, what has no compiler options is `quick_to_compile`. An ability beyond
        `Backend`.
        """
        return quickly()

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """A Python file that needs only jax: ``init(key)`` and ``apply(...)``; with
        `weights` also ``params, state = load_weights(net, path)``.

        Raises:
            BackendError: JAX cannot build it, or the source of a layer that is not ours
                cannot be found.
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

    def params(self, model: PureModel, spec: Spec) -> dict[str, Array]:
        check_names(spec, model.params, model.state)
        return to_arrays(spec, model.params, model.state)

    def load_params(self, model: PureModel, spec: Spec, params: Arrays) -> PureModel:
        """The same functions with copies of these parameters, in the dtype and on the
        devices of those that the model has.
        """
        check_names(spec, model.params, model.state)
        dtype = _dtype(model) or "float32"
        trees = to_trees(spec, _copies(spec, params, dtype))
        with computing_in(dtype):
            trees = jax.tree.map(beside, trees, (model.params, model.state))
        return PureModel(model.init, model.apply, *trees)

    def forward(
        self,
        model: PureModel,
        spec: Spec,
        x: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Array:
        dtype = _check(model, spec, x, train, seed)
        with computing_in(dtype):
            key = None if seed is None else key_of(seed)
            run = forward_of(model.apply, train, options_now(self._options))
            y, _ = run(model.params, model.state, x, key)
            return np.array(y)

    def step(
        self,
        model: PureModel,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Step:
        dtype = _check(model, spec, x, train, seed)
        check_cotangent(spec, x, cotangent, dtype)
        with computing_in(dtype):
            options = options_now(self._options)
            passed = run_step(model, spec, x, cotangent, train, seed, options)
            return to_step(spec, *passed)

    def trace(
        self,
        model: PureModel,
        spec: Spec,
        x: Array,
        cotangent: Array,
        *,
        train: bool = False,
        seed: int | None = None,
    ) -> Trace:
        """`step` of a net with taps, which computes the same; unless there are
        compiler options it is `quick_to_compile`.
        """
        dtype = _check(model, spec, x, train, seed)
        check_cotangent(spec, x, cotangent, dtype)
        options = self._options or quick_to_compile()
        with computing_in(dtype):
            params = with_taps(model.params, spec, len(x), dtype)
            own = model._replace(apply=tapped(spec, dtype), params=params)
            y, grads, state = run_step(own, spec, x, cotangent, train, seed, options)
            step = to_step(spec, y, grads, state)
            return Trace(step, seen(spec, state, OUTPUT), seen(spec, grads[0], TAP))

    def train(
        self,
        model: PureModel,
        spec: Spec,
        xs: Array,
        ys: Array,
        optimizer: Optimizer,
        loss: Loss,
        *,
        seed: int | None = None,
    ) -> Trained:
        """Train with optax, in compiled steps; the model does not change.

        Raises:
            BackendError: optax is not installed.
        """
        try:
            from netspec_jax._training import train
        except ModuleNotFoundError as error:
            raise BackendError(
                f"JAX has no optimizers of its own: {error}; run: pip install optax"
            ) from error
        dtype = _dtype(model) or str(getattr(xs, "dtype", "float32"))
        check_training(spec, xs, ys, loss, dtype)
        if seed is None:
            _need_no_key(spec)
        with computing_in(dtype):
            key = None if seed is None else key_of(seed)
            options = options_now(self._options)
            *trees, losses = train(model, xs, ys, optimizer, loss, key, options)
            return Trained(np.array(losses), to_arrays(spec, *trees))


def _drawn(init: Init) -> tuple[Tree, Tree]:
    seed = SEED.get()
    if seed is None:
        return init(jax.random.key(0))
    quick: Init = jax.jit(init, compiler_options=dict(quick_to_compile()))
    return quick(key_of(seed))


def _arrays(
    spec: Spec, params: Arrays | None, seed: int | None, dtype: str
) -> dict[str, Array] | None:
    """Given or portable parameters, in arrays that nobody else holds; None for JAX's
    own.
    """
    if seed is not None:
        return init_params(spec, seed, dtype)
    return None if params is None else _copies(spec, params, dtype)


def _copies(spec: Spec, params: Arrays, dtype: str) -> dict[str, Array]:
    check_params(spec, params)
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


def _dtype(model: PureModel) -> str | None:
    leaves = jax.tree.leaves((model.params, model.state))
    return str(leaves[0].dtype) if leaves else None


def _check(
    model: PureModel, spec: Spec, x: Array, train: bool, seed: int | None
) -> str:
    """Refuse a batch that the model cannot take; gives the dtype of the model."""
    dtype = _dtype(model) or str(getattr(x, "dtype", "float32"))
    check_input(spec, x, dtype)
    if train:
        check_training_batch(spec, x)
        if seed is None:
            _need_no_key(spec)
    return dtype


def _need_no_key(spec: Spec) -> None:
    for node in spec.graph.walk():
        if node.layer.random and node.layer.zeroing_rate != 0:
            kind = type(node.layer).__name__
            raise BackendError(
                f"{node.path} {kind}: training needs random numbers; give seed="
            )
