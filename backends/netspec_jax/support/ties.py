"""Parameters under two paths."""

from typing import Any

from jax import Array
from jax.typing import DTypeLike

from netspec_jax.support.base import Layer, Mode, Tree


def tied(net: Layer, *ties: tuple[Any, ...]) -> Layer:
    """The net, in which some parameters are others, too.

    Args:
        net: draws parameters of its own there, which are left out.
        ties: the path of each, that of the parameter which it is and, where its axes
            have another order, that order.
    """
    paths = [(path.split("."), owner.split("."), *axes) for path, owner, *axes in ties]

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params, state = net.init(key, dtype)
        for path, *_ in paths:
            params = without(params, path)
        return params, state

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        whole = params
        for path, owner, *axes in paths:
            leaf: Any = params
            for key in owner:
                leaf = leaf[key]
            whole = put(whole, path, leaf.transpose(*axes) if axes else leaf)
        return net.apply(whole, state, x, mode)

    return Layer(init, apply)


def put(tree: Tree, path: list[str], leaf: Any) -> Tree:
    """The tree with a leaf at a path."""
    key, *rest = path
    return {**tree, key: put(tree.get(key, {}), rest, leaf) if rest else leaf}


def without(tree: Tree, path: list[str]) -> Tree:
    """The tree without the leaf at a path, and without what is empty then."""
    key, *rest = path
    inside = without(tree[key], rest) if rest else {}
    others = {name: value for name, value in tree.items() if name != key}
    return {**tree, key: inside} if inside else others
