"""Specs as programs, and as source."""

from __future__ import annotations

from netspec.contract import Texts
from netspec.program import Call, Program
from netspec.program.render import Dialect, Listing, list_layers, render
from netspec.spec import Spec
from netspec_torch._graph import GRAPH
from netspec_torch._initializers import draws
from netspec_torch._lowering import OURS, SUPPORT, Context, chain, home, is_own, lower

DIALECT = Dialect(
    "PyTorch",
    "torch.nn:Sequential",
    {"torch": "torch", "torch.nn": "nn"},
    written={f"{SUPPORT}.graph:Graph": GRAPH},
)


def network(spec: Spec, dtype: str) -> Call:
    """Make the call that constructs the `nn.Sequential` of a spec.

    Raises:
        BackendError: PyTorch cannot represent a layer of the spec; names its path.
    """
    modules = chain(spec.graph, Context(dtype))
    return Call(".double", (modules,)) if dtype == "float64" else modules


def program(spec: Spec, dtype: str) -> Program:
    """Make the calls that construct the network of a spec and draw its first weights.

    Raises:
        BackendError: PyTorch cannot represent a layer of the spec, or draw from a
            distribution.
    """
    modules = network(spec, dtype)
    inits = (init for node in spec.graph.walk() for init in draws(node))
    return Program(modules, tuple(inits), _kinds(spec, dtype), ties=spec.ties)


def _kinds(spec: Spec, dtype: str) -> dict[str, str]:
    """Return the classes of layers with parameters by path, if all layers are PyTorch's
    own and these have no modules inside; else nothing.
    """
    nodes = [node for node in spec.graph.walk() if node.parameters]
    made = {n.path: lower(n.layer, n, Context(dtype)).target for n in nodes}
    plain = all(target.startswith("torch.nn:") for target in made.values())
    own = all(is_own(node.layer) for node in spec.graph.walk())
    return made if plain and own else {}


def _homes(spec: Spec) -> set[str]:
    return {home(node.layer) for node in spec.graph.walk()}


def source(spec: Spec, dtype: str, weights: bool = False) -> str:
    """Print the program of a spec as a Python file that needs only torch.

    Args:
        spec: the model.
        dtype: ``"float32"`` or ``"float64"``.
        weights: also define ``load_weights(net, path)``.

    Raises:
        BackendError: `program` raises it, or the source of a user's module is missing.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    reader = "_tied_weights" if spec.ties else "_weights"
    also = [f"{OURS}.{reader}:load_weights"] if weights else []
    return render(spec, calls, DIALECT, dtype=dtype, carried=carried, also=also)


def listing(spec: Spec, dtype: str) -> Listing:
    """List the text of `source` layer by layer.

    Raises:
        BackendError: `source` raises it.
    """
    carried, calls = _carried(spec), program(spec, dtype)
    return list_layers(spec, calls, DIALECT, dtype=dtype, carried=carried)


def _carried(spec: Spec) -> frozenset[str]:
    # The package of a user's lowering need not be installed where the file runs
    return frozenset(_homes(spec) | {OURS})


text = Texts("torch", source, listing)
