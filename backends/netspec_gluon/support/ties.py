"""One parameter in several blocks."""

from mxnet.gluon import Parameter, nn


def share(block: nn.HybridBlock, name: str, owner: Parameter) -> None:
    """Put the parameter of another block in the place of a block's own."""
    # Gluon shares whole ParameterDicts, by name and where a block is made. This is what
    # it does then: one entry where the block is called, one where all are collected
    held, own = block.params._params, block._reg_params[name]
    del held[own.name]
    held[owner.name] = block._reg_params[name] = owner
    object.__setattr__(block, name, owner)
