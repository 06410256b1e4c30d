"""A whole spec as a `Program`, and as source."""

from __future__ import annotations

from netspec.program import Call, Program
from netspec.program.render import Dialect, Listing, list_layers, render
from netspec.spec import Spec
from netspec_torch._initializers import draws
from netspec_torch._lowering import OURS, Context, chain, home, is_own, lower

DIALECT = Dialect(
    "PyTorch", "torch.nn:Sequential", {"torch": "torch", "torch.nn": "nn"}
)


def network(spec: Spec, dtype: str) -> Call:
    """The call that makes a spec's `nn.Sequential`.

    Raises:
        BackendError: PyTorch cannot have a layer of the spec; with its path.
    """
    modules = chain(spec.graph, Context(dtype))
    return Call(".double", (modules,)) if dtype == "float64" else modules


def program(spec: Spec, dtype: str) -> Program:
    """The network, and what draws its first weights.

    Raises:
        BackendError: PyTorch cannot have a layer of the spec, or draw from a law.
    """
    modules = network(spec, dtype)
    inits = (init for node in spec.graph.walk() for init in draws(node))
    return Program(modules, tuple(inits), _kinds(spec, dtype))


def _kinds(spec: Spec, dtype: str) -> dict[str, str]:
    """Classes by path, where all are PyTorch's own and hold no module inside."""
    nodes = [node for node in spec.graph.walk() if node.parameters]
    made = {n.path: lower(n.layer, n, Context(dtype)).target for n in nodes}
    plain = all(target.startswith("torch.nn:") for target in made.values())
    own = all(is_own(node.layer) for node in spec.graph.walk())
    return made if plain and own else {}


def _homes(spec: Spec) -> set[str]:
    return {home(node.layer) for node in spec.graph.walk()}


def source(spec: Spec, dtype: str, weights: bool = False) -> str:
    """The program as a Python file that needs only torch.

    Raises:
        BackendError: as `program`, or the source of a user's module is not found.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    also = [f"{OURS}._weights:load_weights"] if weights else []
    return render(spec, calls, DIALECT, dtype=dtype, carried=carried, also=also)


def listing(spec: Spec, dtype: str) -> Listing:
    """The same text, layer by layer.

    Raises:
        BackendError: as `source`.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    return list_layers(spec, calls, DIALECT, dtype=dtype, carried=carried)


def _carried(spec: Spec) -> frozenset[str]:
    # What stands beside a lowering need not be installed where the file runs
    return frozenset(_homes(spec) | {OURS})
