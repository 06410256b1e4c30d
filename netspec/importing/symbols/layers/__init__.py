"""Register the rules by which operations of MXNet become layers, by family."""

from . import (
    _activations,
    _arithmetic,
    _convolution,
    _dense,
    _merge,
    _normalization,
    _parts,
    _pooling,
    _reductions,
    _regularization,
    _shape,
)
