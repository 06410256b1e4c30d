"""Functions of every value, and those along an axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing import Made
from netspec_onnx.importing._call import Call, Rule, rule
from netspec_onnx.importing._values import FIRST

PLAIN: Mapping[str, Callable[[], L.Layer]] = {
    "HardSwish": L.HardSwish,
    "Mish": L.Mish,
    "Relu": L.ReLU,
    "Sigmoid": L.Sigmoid,
    "Softplus": L.Softplus,
    "Softsign": L.Softsign,
    "Tanh": L.Tanh,
}
# The layer, its field, the attribute that is it, and what that is by default
FILLED: Mapping[str, tuple[Callable[..., L.Layer], str, str, float]] = {
    "Celu": (L.CELU, "alpha", "alpha", 1.0),
    "Elu": (L.ELU, "alpha", "alpha", 1.0),
    "LeakyRelu": (L.LeakyReLU, "slope", "alpha", 0.01),
    "Swish": (L.SiLU, "beta", "alpha", 1.0),
}
ALONG_AXIS: Mapping[str, Callable[[int], L.Layer]] = {
    "LogSoftmax": L.LogSoftmax,
    "Softmax": L.Softmax,
}
SELU = (1.6732631921768188, 1.0507010221481323)  # what the operation has by default
PIECES = (
    *("Abs", "And", "CastLike", "Ceil", "Equal", "Erf", "Exp", "Floor", "Greater"),
    *("GreaterOrEqual", "Less", "LessOrEqual", "Log", "Not", "Or", "Reciprocal"),
    *("Sign", "Sqrt", "Where"),
)
ONE_AXIS = 13  # from this version on: before it, all axes from one on were joined


def plain(name: str) -> Rule:
    return lambda call: PLAIN[name]()


def filled(name: str) -> Rule:
    layer, field, attribute, default = FILLED[name]
    return lambda call: layer(**{field: call.number(attribute, default)})


for function in PLAIN:
    rule(function, anywhere=True)(plain(function))
for function in FILLED:
    rule(function, anywhere=True)(filled(function))


@rule("Gelu", anywhere=True)
def gelu(call: Call) -> Made:
    return L.GELU(call.text("approximate", "none") == "tanh")


@rule("Selu", anywhere=True)
def selu(call: Call) -> Made:
    given = (call.number("alpha", SELU[0]), call.number("gamma", SELU[1]))
    if not all(map(near, given, SELU)):
        raise call.refused(f"has other constants than SELU, {given}")
    return L.SELU()


def near(one: float, other: float) -> bool:
    """Tell whether two numbers are the same to the digits that files have of them."""
    return math.isclose(one, other, rel_tol=1e-4)


@rule("HardSigmoid", anywhere=True)
def hard_sigmoid(call: Call) -> Made:
    slope = call.number("alpha", 0.2)
    sixth = near(slope, 1 / 6)
    return L.HardSigmoid(1 / 6 if sixth else slope, offset=call.number("beta", 0.5))


@rule("ThresholdedRelu", anywhere=True)
def thresholded(call: Call) -> Made:
    return L.Threshold(call.number("alpha", 1.0), 0.0)


@rule("Shrink", anywhere=True)
def shrink(call: Call) -> Made:
    bias, limit = call.number("bias", 0.0), call.number("lambd", 0.5)
    if bias not in (0.0, limit):
        raise call.refused(f"has bias {bias} and lambd {limit}; netspec has 0 or lambd")
    return L.SoftShrink(limit) if bias else L.HardShrink(limit)


@rule("PRelu")
def prelu(call: Call) -> Made:
    slope = call.constant(1)
    alone = 1 if slope is None else slope.shape[0] if slope.ndim else 1
    several = slope is not None and slope.size > 1
    fits = slope is not None and slope.size == alone == call.before[0]
    if several and not (fits and slope is not None and slope.ndim == len(call.before)):
        raise call.refused("has slopes that are not one for each channel")
    call.parameter(1, "weight", lambda array: array.reshape(-1))
    return L.PReLU(per_channel=several)


@rule("Clip", anywhere=True)
def clip(call: Call) -> Made:
    """Take limits on both sides, attributes before version 11; or that of ReLU."""
    low, high = (
        call.number(name, 0.0) if name in call.attributes else call.scalar(place)
        for place, name in ((1, "min"), (2, "max"))
    )
    return limited(call, low, high)


def limited(call: Call, low: float | None, high: float | None) -> Made:
    beyond = [low is None or low < -3e38, high is None or high > 3e38]
    if beyond == [False, True] and low == 0:
        return L.ReLU()
    if beyond == [True, True]:
        return call.data
    if any(beyond) or low is None or high is None:
        raise call.refused(f"has one limit, received {low} and {high}; give both")
    return L.HardTanh(low, high)


@rule(*ALONG_AXIS, anywhere=True)
def along_axis(call: Call) -> Made:
    """Take the axis; before version 13 all from it on were one, its default 1."""
    if call.around.opset >= ONE_AXIS:
        return ALONG_AXIS[call.name](call.axis(call.whole("axis", -1)))
    axis, shape = call.axis(call.whole("axis", 1)), call.before
    if call.turn != FIRST:
        raise call.refused("joins axes where the batch is another than the first")
    if math.prod(shape[axis:]) == 1:
        return ALONG_AXIS[call.name](axis)
    joined = (*shape[: axis - 1], math.prod(shape[axis - 1 :]))
    return [L.Reshape(joined), ALONG_AXIS[call.name](-1), L.Reshape(shape)]


@rule(*PIECES, anywhere=True)
def piece(call: Call) -> Made:
    """Stand for a value that only a larger function takes back."""
    raise call.refused("netspec has no layer of this function")
