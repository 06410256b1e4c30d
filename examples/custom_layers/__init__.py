"""Two layers of one's own, made as "Add a layer" in netspec's README says.

Each is declared once, here. `reference.py` says how the reference computes it, with its
derivative; `on_torch.py`, `on_gluon.py`, `on_jax.py`, `on_flax.py` and `on_onnx.py` how
each framework makes it.
After `import custom_layers` both work in Python, YAML, exports, comparisons and probes.
"""

from importlib import import_module

import custom_layers.reference  # noqa: F401 (registers)
import netspec
from custom_layers.declared import CenteredLayer, MyDense

FRAMEWORKS = ("torch", "gluon", "jax", "flax", "onnx")

for name, found in netspec.backends().items():
    if name in FRAMEWORKS and found.installed:
        netspec.backend(name)  # before MXNet, which cannot be imported without it
        import_module(f"custom_layers.on_{name}")

__all__ = ["CenteredLayer", "MyDense"]
