"""The backends against the reference. In one file, so that they share what takes the
reference longest: whole runs of training.
"""

from netspec.conformance.kit import BackendConformance


class TestTorch(BackendConformance):
    backend = "torch"


class TestGluon(BackendConformance):
    """What Gluon cannot have is refused with a reason, and so skipped;
    tests/gluon/test_compile.py lists exactly that.
    """

    backend = "gluon"


class TestJAX(BackendConformance):
    backend = "jax"
