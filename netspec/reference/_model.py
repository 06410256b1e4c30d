"""Hold a spec with parameters, to be evaluated by the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from netspec.contract import Array, Arrays
from netspec.reference._evaluation import Run
from netspec.reference._interpreter import evaluate
from netspec.spec import Spec, check_seed


@dataclass
class ReferenceModel:
    """A spec with parameters, evaluated by NumPy.

    Attributes:
        spec: the model.
        params: arrays of one dtype by canonical path.
        dtype: of the arrays, ``"float32"`` or ``"float64"``.
    """

    spec: Spec
    params: dict[str, Array]
    dtype: str

    def __call__(
        self, x: Array, *, train: bool = False, seed: int | None = None
    ) -> Array:
        """Compute the output for a batch, (batch, *input_shape) to (batch,
        *output_shape).
        """
        y, _ = evaluate(self.spec.graph, x, self.run(train, seed))
        return y

    def run(
        self,
        train: bool,
        seed: int | None = None,
        masks: Mapping[str, Array] | None = None,
        native_variance: str = "biased",
    ) -> Run:
        """Begin an evaluation of this model; see `Run`."""
        return Run(
            self.params,
            train,
            random=mask_generator(seed),
            masks=masks or {},
            native_variance=native_variance,
        )


def reference_model(spec: Spec, params: Arrays, dtype: str) -> ReferenceModel:
    """Make a model of copies of parameters.

    Args:
        spec: the model.
        params: by canonical path; checked.
        dtype: of the copies.
    """
    held = {path: np.array(params[path], dtype) for path in spec.parameters()}
    return ReferenceModel(spec, held, dtype)


def mask_generator(seed: int | None) -> np.random.Generator | None:
    """Make the generator of dropout masks; None, which draws none, without a seed.

    Raises:
        NetspecError: a seed that `check_seed` refuses.
    """
    return None if seed is None else np.random.default_rng(check_seed(seed))
