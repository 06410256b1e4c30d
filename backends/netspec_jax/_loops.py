"""Where code that is quick to compile is slow to run.

With the options of `quick_to_compile` a CPU multiplies by kernels with a window in
float64 about thirteen times as slowly as with XLA's default ones, in float32 half as
fast. Other products are calls of libraries.
"""

from __future__ import annotations

import math

from netspec.spec import Spec

PRODUCTS = 2**28  # whose steps in float64 take about as long as optimizing them


def is_long(spec: Spec, dtype: str, examples: int) -> bool:
    """Tell whether steps that are quick to compile take longer than optimizing them.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        examples: number of examples in all steps together.
    """
    products = sum(
        kernel.size // kernel.shape[0] * math.prod(node.output_shape)
        for node in spec.graph.walk()
        for kernel in node.parameters.values()
        if kernel.is_kernel and len(kernel.shape) > 2
    )
    return dtype == "float64" and examples * products > PRODUCTS
