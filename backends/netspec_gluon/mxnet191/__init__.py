"""Work around MXNet 1.9.1, the last release, on today's NumPy and Python. Whoever
imports this package imports MXNet.
"""

# ruff: noqa: I001  (the environment before MXNet reads it, then MXNet)
from . import _threads
from . import _import_filter
from . import shim as shim
from ._scalars import read_scalar as read_scalar
