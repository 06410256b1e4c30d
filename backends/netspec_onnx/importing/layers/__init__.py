"""Register the rules by which operations of ONNX become layers, by family."""

from . import (
    _activations,
    _arithmetic,
    _attention,
    _convolution,
    _dense,
    _merge,
    _normalization,
    _parts,
    _pooling,
    _recurrent,
    _reductions,
    _regularization,
    _shape,
    _sizes,
    _upsample,
)
