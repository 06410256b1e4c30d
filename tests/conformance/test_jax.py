"""JAX against the reference."""

from netspec.conformance.kit import BackendConformance


class TestJAX(BackendConformance):
    backend = "jax"
