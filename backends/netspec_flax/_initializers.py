"""First weights as functions of `flax.nnx.initializers`, which are JAX's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from netspec.init import DrawnParameter
from netspec.program import Call, Name, call
from netspec.spec import Placed
from netspec_jax import initializer_of as jax_initializer

INIT = "flax.nnx:initializers"
ZEROS, ONES = Name(f"{INIT}.zeros"), Name(f"{INIT}.ones")

Draw: TypeAlias = Call | Name
Usual: TypeAlias = Mapping[str, tuple[str, Draw | None]]

# By the name of a parameter, the option that draws it, and Flax's default
KERNEL: Usual = {
    "weight": ("kernel_init", call(f"{INIT}.lecun_normal")),
    "bias": ("bias_init", ZEROS),
}
OUR_KERNEL: Usual = {"weight": ("kernel_init", None), "bias": ("bias_init", ZEROS)}
AFFINE: Usual = {"weight": ("scale_init", ONES), "bias": ("bias_init", ZEROS)}
RUNNING: Usual = {
    "running_mean": ("mean_init", ZEROS),
    "running_var": ("var_init", ONES),
}
TABLE: Usual = {"weight": ("embedding_init", None)}
POSITIONS: Usual = {"weight": ("embedding_init", call(f"{INIT}.normal", 0.02))}
TOKEN: Usual = {"weight": ("embedding_init", ZEROS)}
SLOPE: Usual = {"weight": ("slope_init", None)}


def drawn(node: Placed, usual: Usual, prefix: str = "") -> dict[str, Draw]:
    """Return the initializers of a layer's parameters by option, as far as they differ
    from the usual ones.

    Args:
        node: the layer.
        usual: by name, the option and the usual initializer.
        prefix: of the names, where they lie in a part of the layer.
    """
    found = {
        option: (initializer_of(node.parameters[f"{prefix}{name}"]), default)
        for name, (option, default) in usual.items()
        if f"{prefix}{name}" in node.parameters
        # what is another's is drawn there, unless the call needs an initializer
        if f"{prefix}{name}" not in node.tied or default is None
    }
    return {option: own for option, (own, default) in found.items() if own != default}


def initializer_of(parameter: DrawnParameter) -> Draw:
    """Make the initializer of a parameter, a function of a key, a shape in Flax's
    layout and a dtype.

    Raises:
        BackendError: JAX cannot draw from the distribution.
    """
    return _renamed(jax_initializer(parameter))


def as_kernel(parameter: DrawnParameter) -> DrawnParameter:
    """Take a recurrent kernel, (gates * units, in), for one that is held transposed."""
    return replace(parameter, axes=("out", "in"), role="kernel")


def _renamed(made: Draw) -> Draw:
    """Name what JAX's module of initializers has as Flax's users do."""
    target = made.target.replace("jax.nn.initializers:", f"{INIT}.")
    if isinstance(made, Name):
        return replace(made, target=target)
    parts = tuple(_renamed(a) if isinstance(a, Call | Name) else a for a in made.args)
    return replace(made, target=target, args=parts)
