"""A step on a batch that is spread over two devices; run by test_transformations.py in
a process that has them.
"""

from __future__ import annotations

from functools import partial

import jax
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from tests.backends.jax.steps import check, inputs, step, train


def main() -> None:
    """Raise AssertionError where a mesh changes the result."""
    params, state, *batches = inputs()
    for kind in (AxisType.Auto, AxisType.Explicit):
        mesh = jax.make_mesh((2,), ("data",), axis_types=(kind,))
        spread = jax.device_put(batches, NamedSharding(mesh, PartitionSpec("data")))
        assert len(spread[0].sharding.device_set) == 2
        whole = NamedSharding(mesh, PartitionSpec())
        held = jax.device_put((params, state), whole)
        check(jax.jit(partial(step, train))(*held, *spread))


if __name__ == "__main__":
    main()
