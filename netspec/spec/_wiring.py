"""What the chains of a container must be: paths of their own, each reading what stands
before it, and none for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from netspec.errors import SpecError, shorten
from netspec.layers import INPUT, MERGES, Chain, Container, Shape


def need_own_paths(layer: Container, chains: Sequence[Chain], shape: Shape) -> None:
    """Refuse chains whose layers have the same paths, and parameters beside them.

    Raises:
        SpecError: says which rule is broken.
    """
    keys = [key for chain in chains for key in _keys(chain)]
    unnamed = sum(chain.key is None for chain in chains)
    if len(set(keys)) < len(keys) or unnamed > 1:
        raise SpecError("each of its chains needs a key of its own")
    if any(chain.key == INPUT for chain in chains):
        raise SpecError(
            f"no chain of a container may have the key {shorten(INPUT)}, which is what"
            " the container reads; choose another key"
        )
    if layer.parameters(shape):
        raise SpecError("a container has no parameters; declare them in a layer in it")


def _keys(chain: Chain) -> set[str]:
    """List what follows the path of a container in the paths of a chain."""
    if chain.key is not None:
        return {chain.key}
    return {layer.name or str(index) for index, layer in enumerate(chain.layers)}


def need_order(chains: Sequence[Chain], joined: Sequence[str | None]) -> None:
    """Refuse chains that read what does not stand before them, and those of which
    nothing reads the output.

    Raises:
        SpecError: names such a chain.
    """
    known: set[str | None] = {INPUT}
    for chain in chains:
        unknown = [key for key in chain.reads if key not in known]
        if unknown or not chain.reads:
            keys = ", ".join(shorten(key) for key in known if key is not None)
            raise SpecError(
                f"chain {shorten(chain.key)} must read what stands before it ({keys}),"
                f" received reads {shorten(chain.reads)}"
            )
        if len(chain.reads) > 1 and chain.merge not in MERGES:
            raise SpecError(
                f"chain {shorten(chain.key)} reads several, so its merge must be one of"
                f" {', '.join(MERGES)}, received {shorten(chain.merge)}"
            )
        known.add(chain.key)
    lost = [key for key in joined if key not in known]
    used = {*joined, *(key for chain in chains for key in chain.reads)}
    idle = [chain.key for chain in chains if chain.key not in used]
    if lost or idle:
        raise SpecError(
            f"every chain must be read or joined, and what is joined must be a chain;"
            f" chain {shorten((lost or idle)[0])} is not"
        )
