"""What ONNX holds in float32, whatever the dtype of a model."""

from __future__ import annotations

FLOAT32 = frozenset(
    {
        *((f"{kind}Norm", "eps") for kind in ("Batch", "Layer", "RMS", "Group")),
        *(("LocalResponseNorm", name) for name in ("alpha", "beta", "k")),
        *(("InstanceNorm", "eps"), ("LeakyReLU", "slope"), ("ELU", "alpha")),
        *(("SoftShrink", "lambd"), ("HardShrink", "lambd")),
    }
)
"""Fields that are attributes of operators, which ONNX holds in float32."""
