"""Register the rules by which operations of PyTorch become layers, by family."""

from . import (
    _activations,
    _arithmetic,
    _attention,
    _convolution,
    _dense,
    _heads,
    _merge,
    _modules,
    _normalization,
    _parts,
    _pooling,
    _recurrent,
    _reductions,
    _regularization,
    _shape,
    _upsample,
)
from ._activations import ROUNDED as ROUNDED
from ._normalization import in_evaluation as in_evaluation
