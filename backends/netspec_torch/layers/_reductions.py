"""Reductions along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register

# Equal values share the gradient of amax and amin; max and min give it to the first
FUNCTIONS = {
    "mean": "torch:mean",
    "sum": "torch:sum",
    "max": "torch:amax",
    "min": "torch:amin",
    "l2": "torch.linalg:vector_norm",  # its gradient at 0 is 0
}


@register
def reduce(layer: L.Reduce, node: Placed, ctx: Context) -> Call:
    function = Name(FUNCTIONS[layer.op])
    options = {"keepdim": layer.keepdims}
    return module(f"{SUPPORT}.shape:Reduce", function, *layer.axes, **options)
