"""Equinox against the reference."""

from netspec.conformance.kit import BackendConformance


class TestEquinox(BackendConformance):
    """Every layer alone, and small whole nets."""

    backend = "equinox"
