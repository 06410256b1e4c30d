"""All bugs, by family."""

from __future__ import annotations

from tests.kills.bug import Bug
from tests.kills.bugs import (
    activations,
    attention,
    batch_norm,
    containers,
    convolution,
    custom_layers,
    dense,
    dropout,
    errors,
    export,
    gluon,
    hard_activations,
    initialization,
    jax,
    merges,
    normalization,
    optimizers,
    pooling,
    positions,
    results,
    scale,
    shapes,
    transfer,
)

FAMILIES: dict[str, tuple[Bug, ...]] = {
    module.__name__.rpartition(".")[2].replace("_", " "): module.BUGS
    for module in (
        dense,
        convolution,
        pooling,
        batch_norm,
        normalization,
        scale,
        attention,
        positions,
        activations,
        hard_activations,
        containers,
        merges,
        shapes,
        results,
        transfer,
        dropout,
        initialization,
        optimizers,
        errors,
        export,
        gluon,
        jax,
        custom_layers,
    )
}
