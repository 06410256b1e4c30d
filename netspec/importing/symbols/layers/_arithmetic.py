"""Sums and products of a value with numbers or with arrays of the file."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._graph import Join
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, Held, rule
from netspec.importing.symbols._composed import Composed, pattern

CONSTANTS = "concat(*vs, dim=1)"
ONES = "ones_like(slice_axis(y, axis=1, begin=0, end=1))"


@pattern(f"x * {CONSTANTS}")
def times_each(call: Composed) -> Made | None:
    return L.Rescale(constants(call))


@pattern(f"x + {CONSTANTS}")
def plus_each(call: Composed) -> Made | None:
    return L.Rescale(offset=constants(call))


def constants(call: Composed) -> list[float]:
    """Return a number for each channel.

    Raises:
        LookupError: what is joined is no such list.
    """
    found = [call.find(f"{ONES} * V", one, {}) for one in call["vs"]]
    if None in found or len(found) != call.before[0]:
        raise LookupError
    return [float(one["V"]) for one in found if one]


@rule("_plus_scalar", "_PlusScalar")
def plus(call: Call) -> Made:
    return L.Rescale(offset=call.number("scalar"))


@rule("_minus_scalar", "_MinusScalar")
def minus(call: Call) -> Made:
    return L.Rescale(offset=-call.number("scalar"))


@rule("_rminus_scalar", "_RMinusScalar")
def reversed_minus(call: Call) -> Made:
    return L.Rescale(-1.0, offset=call.number("scalar"))


@rule("_mul_scalar", "_MulScalar")
def times(call: Call) -> Made:
    return L.Rescale(call.number("scalar"))


@rule("_div_scalar", "_DivScalar")
def over(call: Call) -> Made:
    call.note("a division is a product here, which rounds once more")
    return L.Rescale(1 / call.number("scalar"))


@rule("negative")
def negative(call: Call) -> Made:
    return L.Rescale(-1.0)


def both(call: Call, merge: str) -> Made:
    """Join two signals of as many axes."""
    found = call.signals()
    if len({len(one.shape) for one in found}) > 1 or len(found) < 2:
        raise call.refused("joins values of other numbers of axes, or an array")
    return Join(merge)


@rule("elemwise_add", "_plus", "_Plus", "_add", "broadcast_add", "broadcast_plus")
def add(call: Call) -> Made:
    if isinstance(call.given("1"), Held):
        return shifted(call)
    return both(call, "add")


@rule("add_n", "ElementWiseSum", "_sum")
def add_all(call: Call) -> Made:
    found = call.signals()
    return found[0] if len(found) == 1 else both(call, "add")


@rule("elemwise_mul", "_mul", "_Mul", "broadcast_mul")
def multiply(call: Call) -> Made:
    if isinstance(call.given("1"), Held):
        return scaled(call)
    return both(call, "multiply")


@rule("elemwise_sub", "_minus", "_Minus", "_sub", "broadcast_sub", "broadcast_minus")
def subtract(call: Call) -> Made:
    return both(call, "subtract")


@rule("_maximum", "_Maximum", "broadcast_maximum")
def maximum(call: Call) -> Made:
    call.note("where both are equal, MXNet gives the first all of the gradient")
    return both(call, "maximum")


@rule("batch_dot", "linalg_gemm2", "_linalg_gemm2")
def product(call: Call) -> Made:
    if call.flag("transpose_a", False) or call.flag("transpose_b", False):
        raise call.refused("transposes an operand; exchange its axes before")
    if call.number("alpha", 1.0) != 1:
        raise call.refused("has a factor alpha; multiply before it")
    return both(call, "matmul")


def along(call: Call, held: Held) -> tuple[int, ...]:
    """Return the axes, counted with the batch, along which an array has values."""
    shape = call.data.shape
    skipped = len(shape) - held.array.ndim
    found = tuple(i + skipped for i, n in enumerate(held.array.shape) if n > 1)
    alone = [axis for axis, size in enumerate(shape) if axis and size == 1]
    fits = all(
        axis and shape[axis] == held.array.shape[axis - skipped] for axis in found
    )
    if skipped < 0 or not fits or not (found or alone):
        raise call.refused(
            f"joins an array of shape {held.array.shape} to examples of shape"
            f" {shape[1:]}; it may have sizes of theirs, or 1"
        )
    return found or (alone[0],)


def take(call: Call, held: Held, parameter: str) -> tuple[int, ...]:
    axes = along(call, held)
    sizes = [call.data.shape[axis] for axis in axes]
    call.take(parameter, held.origin, held.array.reshape(sizes))
    return axes


def scaled(call: Call) -> Made:
    axes = take(call, call.given("1"), "weight")
    return L.Scale(axes[0] if len(axes) == 1 else axes)


def shifted(call: Call) -> Made:
    """Add an array to what a Scale gives, which becomes its bias."""
    before = call.made_by(call.data)
    held = call.given("1")
    axes = along(call, held)
    layer = L.Scale(axes[0] if len(axes) == 1 else axes)
    if before is None or before.made != layer or not call.sole(call.data):
        raise call.refused("adds an array where no layer can have it as its bias")
    take(call, held, "bias")
    call.weights = {**before.weights, **call.weights}
    call.reads = (call.read_by(before),)
    return L.Scale(layer.axis, bias=True)
