"""Forward and vector-Jacobian product of every layer, one file per family."""

from netspec_numpy.layers import (  # noqa: F401 (each registers its layers)
    activations,
    conv,
    dense,
    normalization,
    pooling,
    regularization,
    shape,
)
