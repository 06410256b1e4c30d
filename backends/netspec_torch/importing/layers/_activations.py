"""Functions of every value, and those along an axis."""

from __future__ import annotations

from netspec import layers as L
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read

# Going back, PyTorch has this number of a layer in float32 whatever the dtype
ROUNDED = {"aten.hardsigmoid_backward": (L.HardSigmoid.__name__, "slope")}

read.layers(
    {
        "aten.hardsigmoid": L.HardSigmoid,
        "aten.hardswish": L.HardSwish,
        "aten.log_sigmoid": L.LogSigmoid,
        "aten.mish": L.Mish,
        "aten.relu": L.ReLU,
        "aten.relu6": L.ReLU6,
        "aten.selu": L.SELU,
        "aten.sigmoid": L.Sigmoid,
        "aten.silu": L.SiLU,
        "aten.tanh": L.Tanh,
    }
)
read.fields(
    {
        "aten.celu": (L.CELU, {"alpha": "alpha"}),
        "aten.hardshrink": (L.HardShrink, {"lambd": "lambd"}),
        "aten.hardtanh": (L.HardTanh, {"low": "min_val", "high": "max_val"}),
        "aten.leaky_relu": (L.LeakyReLU, {"slope": "negative_slope"}),
        "aten.softshrink": (L.SoftShrink, {"lambd": "lambd"}),
        "aten.glu": (L.GLU, {"axis": "dim"}),
        "aten.log_softmax": (L.LogSoftmax, {"axis": "dim"}),
        "aten.softmax": (L.Softmax, {"axis": "dim"}),
        "aten.threshold": (L.Threshold, {"threshold": "threshold", "value": "value"}),
    }
)

LARGEST = 20  # a threshold of softplus, beyond which it is x to the last bit of float32


@read.register("aten.elu")
def elu(call: Call) -> L.Layer:
    if call["scale"] != 1 or call["input_scale"] != 1:
        raise call.without("ELU", "scale", "input_scale")
    return L.ELU(call["alpha"])


@read.register("aten.gelu")
def gelu(call: Call) -> L.Layer:
    return L.GELU(call["approximate"] == "tanh")


@read.register("aten.softplus")
def softplus(call: Call) -> L.Layer:
    if call["threshold"] < LARGEST:
        raise call.without("Softplus", "threshold")
    if call["threshold"] == LARGEST:
        call.note("Softplus has no threshold; PyTorch's of 20 changes float64 by 2e-9")
    return L.Softplus(call["beta"])


@read.register("aten.prelu")
def prelu(call: Call) -> L.Layer:
    return L.PReLU(per_channel=call.weight("weight")[0] > 1)


@read.register("aten.clamp", "aten.clamp_min", "aten.clamp_max")
def clamp(call: Call) -> L.Layer:
    """Take limits on both sides; at a limit itself the derivative of clamp is 1."""
    low, high = (call[name] for name in ("min", "max"))
    if low == 0 and high is None:
        return L.ReLU()
    if low is None or high is None:
        raise call.refused(f"has one limit, received {low} and {high}; give both")
    return L.HardTanh(low, high)
