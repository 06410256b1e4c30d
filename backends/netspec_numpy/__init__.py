"""The float64 reference of netspec: an interpreter of specs that shares no code with
the backends it judges.

Forward and vector-Jacobian product of every layer are written by hand and checked
against central differences.
"""

from netspec_numpy.interpreter import evaluate, join
from netspec_numpy.run import Run, Scope, forward
from netspec_numpy.runtime import NumpyBackend, ReferenceModel, step

backend = NumpyBackend()

__all__ = [
    "NumpyBackend",
    "ReferenceModel",
    "Run",
    "Scope",
    "backend",
    "evaluate",
    "forward",
    "join",
    "step",
]
