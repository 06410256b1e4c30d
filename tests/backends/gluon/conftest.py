"""MXNet has no wheels for some systems; there these tests are left out."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

if find_spec("mxnet"):
    import_module("netspec_gluon")  # now tests can import mxnet themselves
else:
    collect_ignore_glob = ["test_*.py"]
