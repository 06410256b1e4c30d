"""Register the lowering of every layer, one file per family."""

from . import (
    _activations,
    _adaptive,
    _attention,
    _containers,
    _conv,
    _dense,
    _global_pools,
    _graph,
    _hard_activations,
    _local_normalization,
    _normalization,
    _parts,
    _pooling,
    _positions,
    _recurrent,
    _reductions,
    _regularization,
    _scale,
    _shape,
    _shuffles,
    _transposed,
    _upsample,
)
from ._activations import copied as copied
from ._adaptive import means as means
from ._float32 import FLOAT32 as FLOAT32
from ._repairs import REPAIRS as REPAIRS
