"""PyTorch against the reference."""

from netspec.conformance.kit import BackendConformance


class TestTorch(BackendConformance):
    backend = "torch"
