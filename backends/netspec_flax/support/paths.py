"""Modules and variables by canonical path, such as ``"4.body.0.weight"``."""

from typing import Any

from flax import nnx

from netspec_jax.support.adapters import channels_first, channels_last

MOVES = (channels_first, channels_last)

# What Flax calls what has another name in a path
NAMES = {
    "weight": ("kernel", "scale", "embedding", "negative_slope"),
    "running_mean": ("mean",),
    "running_var": ("var",),
    "output": ("out",),
}

CELL = {
    "weight_ih": ("cell.dense_i.kernel",),
    "weight_hh": ("cell.dense_h.kernel",),
    "bias_ih": ("cell.dense_i.bias", "cell.dense_h.bias"),
}


def locate(net: Any, path: str) -> str:
    """How Python reaches what is at a path, such as ``".layers[4].body.kernel"``."""
    place = ""
    for key in path.split("."):
        step = unwrapped(net)
        step += inside(reach(net, step), key)
        net, place = reach(net, step), place + step
    return place


def unwrapped(module: Any) -> str:
    """The way to the layer between functions that move channels, if there are any."""
    if isinstance(module, nnx.Sequential):
        kept = [i for i, layer in enumerate(module.layers) if layer not in MOVES]
        if len(kept) < len(module.layers):
            return f".layers[{kept[0]}]" + unwrapped(module.layers[kept[0]])
    return ""


def inside(module: Any, key: str) -> str:
    """The way from a module to what has a key in it."""
    if key.isdigit():  # of a layer without a name among such with one
        numbered = hasattr(module, f"layers_{key}")
        return f".layers_{key}" if numbered else f".layers[{key}]"
    name, _, way = key.partition("_l0")
    if hasattr(module, "forward_rnn"):  # of both directions
        way = f".{'backward' if way else 'forward'}_rnn"
        return way + inside(reach(module, way), f"{name}_l0")
    ends = CELL[name] if isinstance(module, nnx.RNN) else (name, *NAMES.get(key, ()))
    found = (end for end in ends if reach(module, f".{end}") is not None)
    return f".{next(found, key)}"


def reach(found: Any, place: str) -> Any:
    """What is at a place in a module, None if nothing is."""
    for step in place.replace("[", ".").replace("]", "").split(".")[1:]:
        found = found[int(step)] if step.isdigit() else getattr(found, step, None)
    return found


def variable(net: Any, path: str) -> Any:
    """The `nnx.Variable` at a path."""
    found = reach(net, locate(net, path))
    if not hasattr(found, "set_value"):
        raise ValueError(f"this network has no {path}")
    return found
