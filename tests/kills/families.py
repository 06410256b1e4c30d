"""All bugs, by family."""

from __future__ import annotations

from tests.kills.bug import Bug
from tests.kills.bugs import (
    activations,
    containers,
    convolution,
    dense,
    dropout,
    errors,
    export,
    gluon,
    initialization,
    jax,
    normalization,
    optimizers,
    pooling,
    results,
    transfer,
)

FAMILIES: dict[str, tuple[Bug, ...]] = {
    module.__name__.rpartition(".")[2]: module.BUGS
    for module in (
        dense,
        convolution,
        pooling,
        normalization,
        activations,
        containers,
        results,
        transfer,
        dropout,
        initialization,
        optimizers,
        errors,
        export,
        gluon,
        jax,
    )
}


def named() -> dict[str, Bug]:
    """Every bug, by family and name."""
    return {
        f"{family}: {bug.name}": bug
        for family, bugs in FAMILIES.items()
        for bug in bugs
    }
