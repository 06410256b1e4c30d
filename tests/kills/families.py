"""All bugs, by family."""

from __future__ import annotations

from tests.kills.bug import Bug
from tests.kills.bugs import (
    activations,
    adaptive,
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
    local_normalization,
    merges,
    normalization,
    optimizers,
    pooling,
    positions,
    repeat,
    results,
    scale,
    shapes,
    transfer,
    upsample,
)

FAMILIES: dict[str, tuple[Bug, ...]] = {
    module.__name__.rpartition(".")[2].replace("_", " "): module.BUGS
    for module in (
        dense,
        convolution,
        pooling,
        adaptive,
        batch_norm,
        normalization,
        local_normalization,
        scale,
        attention,
        positions,
        activations,
        hard_activations,
        containers,
        merges,
        repeat,
        shapes,
        upsample,
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
