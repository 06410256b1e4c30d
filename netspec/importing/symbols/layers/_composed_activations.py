"""Functions of every value that come as several operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._composed import Composed, Rule, pattern

DENSITY = "exp(-square(x) / 2) / sqrt(2 * pi)"
SHARE = "(1 + erf(x / sqrt(2))) / 2"

PLAIN: Mapping[str, Callable[[], L.Layer]] = {
    "1.0507009873554805 * (relu(x) + 1.6732632423543772 * expm1(minimum(x, 0)))": (
        L.SELU
    ),
    f"x * ({SHARE})": L.GELU,
    f"BlockGrad(x * ({SHARE})) + (x - BlockGrad(x)) * BlockGrad(s)"
    f" where s = {SHARE} + x * ({DENSITY})": L.GELU,
    "x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x))) / 2": (
        lambda: L.GELU(approximate=True)
    ),
    "x * (n / (n + 2)) where n = p * (p + 2) where p = exp(minimum(x, 20))": L.Mish,
    "p + log1p(exp(minimum(x, 0) - p)) where p = relu(x)": L.Softplus,
    "n - log1p(exp(n - relu(x))) where n = minimum(x, 0)": L.LogSigmoid,
    "x * sigmoid(x)": L.SiLU,
    "hard_sigmoid(x / 6, alpha=1, beta=0.5)": L.HardSigmoid,
    "x * hard_sigmoid(x / 6, alpha=1, beta=0.5)": L.HardSwish,
}
OF_A: Mapping[str, Callable[[float], L.Layer]] = {
    "relu(x) + A * expm1(minimum(x, 0))": L.ELU,
    "relu(x) + A * expm1(minimum(x, 0) / A)": L.CELU,
    "p + log1p(exp(A * (minimum(x, 0) - p))) / A where p = relu(x)": L.Softplus,
    "x * sigmoid(A * x)": L.SiLU,
    "where(x > 0, x, A * x)": L.LeakyReLU,
    "relu(x - A) - relu(-x - A)": L.SoftShrink,
    "where(abs(x) <= A, zeros_like(x), x)": L.HardShrink,
}


ALONG_AXIS: Mapping[str, Callable[[int], L.Layer]] = {  # oneDNN fails on the last axis
    "squeeze(softmax(expand_dims(x, axis=-1), axis=A), axis=-1)": L.Softmax,
    "squeeze(log_softmax(expand_dims(x, axis=-1), axis=A), axis=-1)": L.LogSoftmax,
}


def plain(kind: Callable[[], L.Layer]) -> Rule:
    """Make the rule of a layer without numbers."""
    return lambda call: kind()


def of_number(kind: Callable[[float], L.Layer]) -> Rule:
    """Make the rule of a layer with one number, A."""
    return lambda call: kind(float(call["A"]))


def along_axis(kind: Callable[[int], L.Layer]) -> Rule:
    """Make the rule of a function along an axis, A."""
    return lambda call: kind(int(call["A"]))


for text, kind in PLAIN.items():
    pattern(text)(plain(kind))
for text, sized in OF_A.items():
    pattern(text)(of_number(sized))
for text, along in ALONG_AXIS.items():
    pattern(text)(along_axis(along))


@pattern(
    "where(x <= A, A * ones_like(x), b) where b = where(x >= B, B * ones_like(x), x)"
)
def hard_tanh(call: Composed) -> Made:
    return L.HardTanh(call["A"], call["B"])


@pattern("where(x <= A, B * ones_like(x), x)")
def threshold(call: Composed) -> Made:
    return L.Threshold(call["A"], call["B"])


@pattern(
    "split(x, axis=A, num_outputs=2)[0] * sigmoid(split(x, axis=A, num_outputs=2)[1])"
)
def glu(call: Composed) -> Made:
    return L.GLU(call["A"])


@pattern("where(x > 0, x, x * a)")
def prelu(call: Composed) -> Made:
    size = call.held("a", "weight").size
    call.held("a", "weight", (size,))
    return L.PReLU(per_channel=size > 1)
