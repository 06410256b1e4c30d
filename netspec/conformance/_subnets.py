"""Make specs of parts of a net."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netspec.init import ROLES, InitRule
from netspec.spec import Placed, Spec


def part(name: str, whole: Spec, nodes: Sequence[Placed]) -> Spec:
    """Make a spec of neighboring layers of a net; its paths begin with them.

    The rules of the policy go by path, so they are left out: the policy draws by role.
    Only parameters whose role no policy draws keep their initializers.

    Args:
        name: name of the new spec.
        whole: the net.
        nodes: neighboring layers of the net.
    """
    policy = replace(whole.init, rules=tuple(_rules(nodes)))
    layers = [node.layer for node in nodes]
    first = nodes[0]
    return Spec(name, first.input_shape, layers, policy, input_dtype=first.input_kind)


def _rules(nodes: Sequence[Placed]) -> Iterator[InitRule]:
    for index, node in enumerate(nodes):
        key = node.layer.name or str(index)
        for inner in node.walk():
            for name, parameter in inner.parameters.items():
                if parameter.role not in ROLES:
                    path = f"{key}{inner.path.removeprefix(node.path)}.{name}"
                    yield InitRule(path, parameter.initializer)
