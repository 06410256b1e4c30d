"""Register the lowering of every layer, one file per family."""

from . import (
    _activations,
    _containers,
    _conv,
    _dense,
    _hard_activations,
    _normalization,
    _pooling,
    _regularization,
    _scale,
    _shape,
)
