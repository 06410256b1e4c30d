"""Functions of every value, and those along an axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import RULES, Call, Rule, rule

NAMED: Mapping[str, Callable[[], L.Layer]] = {
    "gelu": L.GELU,
    "log_sigmoid": L.LogSigmoid,
    "mish": L.Mish,
    "relu": L.ReLU,
    "selu": L.SELU,
    "sigmoid": L.Sigmoid,
    "softrelu": L.Softplus,
    "softsign": L.Softsign,
    "tanh": L.Tanh,
}
PLAIN = ("log_sigmoid", "mish", "relu", "sigmoid", "softsign", "tanh")
ALONG_AXIS = {"log_softmax": L.LogSoftmax, "softmax": L.Softmax, "softmin": L.Softmin}


def plain(name: str) -> Rule:
    """Make the rule of a layer without fields."""
    return lambda call: NAMED[name]()


RULES.update({name: plain(name) for name in PLAIN})


def named(call: Call, key: str) -> L.Layer:
    name = call.text(key, "")
    if name not in NAMED:
        raise call.without("netspec", key)
    return NAMED[name]()


@rule("Activation")
def activation(call: Call) -> Made:
    return named(call, "act_type")


@rule("LeakyReLU")
def leaky_relu(call: Call) -> Made:
    kind = call.text("act_type", "leaky")
    if kind == "leaky":
        return L.LeakyReLU(call.number("slope", 0.25))
    if kind == "elu":
        return L.ELU(call.number("slope", 0.25))
    if kind == "prelu":
        return L.PReLU(per_channel=call.parameter(1, "weight").size > 1)
    return named(call, "act_type")


def along_axis(call: Call) -> Made:
    if call.number("temperature", 1.0) != 1 or call.flag("use_length", False):
        raise call.without("Softmax", "temperature")
    return ALONG_AXIS[call.name](call.whole("axis", -1))


RULES.update(dict.fromkeys(ALONG_AXIS, along_axis))


@rule("SoftmaxActivation")
def softmax_activation(call: Call) -> Made:
    return L.Softmax(1 if call.text("mode", "instance") == "channel" else -1)


@rule("SoftmaxOutput", "Softmax")
def softmax_output(call: Call) -> Made:
    """Take what it gives; what it passes back is the gradient of a loss."""
    call.reads = (call.data,)
    call.note("it was trained with the gradient of cross entropy, whatever reads it")
    if call.flag("multi_output", False):
        return L.Softmax(1)
    flat = len(call.before) > 1 and not call.flag("preserve_shape", False)
    if flat:
        raise call.refused("joins the axes of an example; flatten it before")
    return L.Softmax(-1)


@rule("clip")
def clip(call: Call) -> Made:
    return L.HardTanh(call.number("a_min"), call.number("a_max"))


@rule("hard_sigmoid")
def hard_sigmoid(call: Call) -> Made:
    return L.HardSigmoid(call.number("alpha", 0.2), offset=call.number("beta", 0.5))


@rule("_minimum_scalar", "_MinimumScalar")
def minimum(call: Call) -> Made:
    """Recognize ReLU6 by hand: the smaller of a ReLU and 6."""
    before = call.made_by(call.data)
    if before is None or before.made != L.ReLU() or not call.sole(call.data):
        raise call.refused("has one limit; netspec has limits on both sides")
    call.reads = (call.read_by(before),)
    return L.HardTanh(0, call.number("scalar"))
