"""Gluon against the reference. What Gluon cannot have is refused with a reason, and
so skipped; tests/gluon/test_compile.py lists exactly that.
"""

from netspec.conformance.kit import BackendConformance


class TestGluon(BackendConformance):
    backend = "gluon"
