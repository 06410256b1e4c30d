"""Offer the float64 reference, `netspec.reference`, as a backend.

Its layers and containers are extended here: `forward.register` and `join.register`.
"""

from netspec.reference import ReferenceModel as ReferenceModel
from netspec.reference import Run as Run
from netspec.reference import Scope as Scope
from netspec.reference import evaluate as evaluate
from netspec.reference import forward as forward
from netspec.reference import join as join
from netspec.reference import step as step
from netspec_numpy._backend import NumpyBackend as NumpyBackend

backend = NumpyBackend()
