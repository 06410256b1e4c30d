"""A guard of float64."""

import jax.numpy as jnp


def need_x64() -> None:
    """Raise where 64-bit types are off, and JAX would silently compute in float32."""
    if jnp.result_type(float) != jnp.float64:
        raise RuntimeError(
            "this model is float64, but here JAX has its 64-bit types off; make and"
            " call it inside `with jax.enable_x64(True):`"
        )
