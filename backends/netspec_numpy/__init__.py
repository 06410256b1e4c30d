"""The float64 reference of netspec: an interpreter of specs that shares no code with
the backends it judges.

Forward and vector-Jacobian product of every layer are written by hand and checked
against central differences.
"""

from netspec.reference import Run as Run
from netspec.reference import Scope as Scope
from netspec.reference import evaluate as evaluate
from netspec.reference import forward as forward
from netspec.reference import join as join
from netspec.reference import step as step
from netspec_numpy._backend import NumpyBackend as NumpyBackend
from netspec_numpy._backend import ReferenceModel as ReferenceModel

backend = NumpyBackend()
