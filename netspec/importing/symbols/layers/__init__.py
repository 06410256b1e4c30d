"""Register the rules by which operations of MXNet become layers, by family."""

from . import (
    _activations,
    _adaptive_maxima,
    _arithmetic,
    _attention,
    _composed_activations,
    _composed_normalization,
    _composed_reductions,
    _convolution,
    _dense,
    _merge,
    _normalization,
    _parts,
    _pooling,
    _positions,
    _recurrent,
    _reductions,
    _regularization,
    _resized,
    _shape,
    _shuffles,
    _transposed,
    _unrolled,
    _windows,
)
from ._forms import WITHOUT_MODULES as WITHOUT_MODULES
from ._forms import formed as formed
from ._forms import unread as unread
