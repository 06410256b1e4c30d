"""What Gluon calls the parameters of a spec."""

from __future__ import annotations

from dataclasses import replace

from netspec.declare import Parameter
from netspec.errors import BackendError
from netspec.init import OF_GATES
from netspec.spec import Placed, Spec, join_path
from netspec_gluon._lowering import is_own

# Gluon's names for parameters of its own layers; other parameters keep their names
NAMES = {"scale": "gamma", "shift": "beta", "slope": "alpha"}
FUSED = {
    "weight_ih_l0": "l0_i2h_weight",
    "weight_hh_l0": "l0_h2h_weight",
    "bias_ih_l0": "l0_i2h_bias",
    "bias_hh_l0": "l0_h2h_bias",
    "weight_ih_l0_reverse": "r0_i2h_weight",
    "weight_hh_l0_reverse": "r0_h2h_weight",
    "bias_ih_l0_reverse": "r0_i2h_bias",
    "bias_hh_l0_reverse": "r0_h2h_bias",
}


def gluon_path(node: Placed, name: str, parameter: Parameter) -> str:
    """Return the attribute that holds a parameter of a layer, which is the name that
    `save_parameters` gives to it, but for fused recurrent layers.
    """
    if is_own(node.layer) and parameter.role in OF_GATES:
        name = FUSED[name]
    elif is_own(node.layer) and parameter.role in NAMES:
        owner, dot, _ = name.rpartition(".")
        name = f"{owner}{dot}{NAMES[parameter.role]}"
    return join_path(node.path, name)


def gluon_paths(spec: Spec) -> dict[str, str]:
    """Return the names that `save_parameters` gives to the parameters of a spec, by
    canonical path, in canonical order.
    """
    return {
        join_path(node.path, name): gluon_path(node, name, parameter)
        for node in spec.graph.walk()
        for name, parameter in node.own.items()
    }


def gluon_ties(spec: Spec) -> dict[str, str]:
    """Return the names that `save_parameters` gives to tied parameters, and those of
    their owners.

    Raises:
        BackendError: Gluon cannot tie parameters of recurrent layers.
    """
    whole = replace(spec, ties={})
    names, roles = gluon_paths(whole), whole.parameters()
    for path, owner in spec.ties.items():
        for end in (path, owner):
            if roles[end].role in OF_GATES:
                raise BackendError(
                    f"{path}: it cannot be tied to {owner} in Gluon, whose recurrent"
                    " layers find their parameters by name; leave out the tie"
                )
    return {names[path]: names[owner] for path, owner in spec.ties.items()}
