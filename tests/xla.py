"""How XLA compiles in the tests: quickly. Only its rounding differs."""

from __future__ import annotations

from importlib import metadata


def quick_flags() -> list[str]:
    """What `netspec_jax.quick_environment` says, before JAX can be imported."""
    flags = [
        "--xla_backend_optimization_level=0",
        "--xla_cpu_parallel_codegen_split_count=1",
    ]
    try:
        major, minor, *_ = map(int, metadata.version("jax").split(".")[:2])
    except metadata.PackageNotFoundError:
        return []
    if (major, minor) < (0, 11):
        flags.append("--xla_cpu_use_fusion_emitters=false")
        flags.append("--xla_llvm_disable_expensive_passes=true")
    return flags
