"""Register the lowering of every layer, one file per family."""

from . import (
    _activations,
    _containers,
    _conv,
    _dense,
    _graph,
    _hard_activations,
    _normalization,
    _parts,
    _pooling,
    _reductions,
    _regularization,
    _scale,
    _shape,
    _shuffles,
)
