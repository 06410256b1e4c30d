"""Flax NNX against the reference."""

from pathlib import Path

from netspec.conformance.kit import BackendConformance


class TestFlax(BackendConformance):
    """Every layer alone, and small whole nets."""

    backend = "flax"
    deviations = Path(__file__).with_name("deviations.yaml")
