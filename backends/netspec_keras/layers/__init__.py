"""Register the lowering of every layer, one file per family, and say what becomes of
several layers together.
"""

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
from ._recurrent import last_only as last_only
from ._ties import BIAS as BIAS
from ._ties import shared as shared
from ._ties import tying as tying
