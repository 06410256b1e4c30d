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
from ._edited import Document as Document
from ._edited import edited as edited
from ._normalization import FLOAT32_FIELDS as FLOAT32_FIELDS
from ._pooling import takes_maxima as takes_maxima
from ._recurrent import is_recurrent as is_recurrent
