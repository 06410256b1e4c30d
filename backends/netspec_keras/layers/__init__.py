"""Register the lowering of every layer, one file per family."""

from . import (
    _activations,
    _attention,
    _containers,
    _conv,
    _dense,
    _graph,
    _normalization,
    _pooling,
    _positions,
    _recurrent,
    _regularization,
    _scale,
    _shape,
    _transposed,
    _upsample,
)
