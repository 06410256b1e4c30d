"""Attention of a sequence to itself, which comes as products and a softmax."""

from __future__ import annotations

from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._tables import base_of, turned
from netspec.importing.symbols._call import Held
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Bound, Reference
from netspec.importing.symbols.layers._regularization import DOUBLE_DROPOUT

ROWS = "reshape(x, shape=(-1, 0, 0), reverse=True)"
JOINED = (
    "reshape(transpose(reshape(batch_dot(a, v), shape=(-4, -1, H, 0, 0)),"
    " axes=(0, 2, 1, 3)), shape=(0, 0, -3))"
)
DROPPED = "Dropout(x, p=P, axes=())", DOUBLE_DROPOUT
AGES = (
    "expand_dims(t, axis=1) - expand_dims(t, axis=0)"
    f" where t = _contrib_arange_like({ROWS}, axis=1)"
)
SEEN = "where(broadcast_like(expand_dims(n, axis=0), s), s, ones_like(s) * -1e+30)"
WINDOW = "(g >= 0) * (g < W)"
BIASED = (
    "reshape(reshape(s, shape=(-4, -1, H, 0, 0)) + expand_dims(take(r,"
    " clip(0 - g, a_min=N, a_max=M) + M, axis=1), axis=0), shape=(-3, 0, 0))"
)
SCORES = "batch_dot(q, k, transpose_b=True) * S"
TURNED = (
    "concat(a * c - b * s, b * c + a * s, dim=2)"
    " where a = split(y, axis=2, num_outputs=2)[0]"
    " where b = split(y, axis=2, num_outputs=2)[1]"
    " where c = split(slice_like(t, y, axes=1), axis=2, num_outputs=2)[0]"
    " where s = split(slice_like(t, y, axes=1), axis=2, num_outputs=2)[1]"
)
NORMALIZED = "y * rsqrt(mean(square(y), axis=-1, keepdims=True) + 1e-06) * g"
HEADS = (
    "reshape(transpose(reshape(y, shape=(0, 0, -4, H, -1)), axes=(0, 2, 1, 3)),"
    " shape=(-3, 0, 0))"
)
DENSE = "FullyConnected(y, w, *ps, flatten=False, **K)"


@pattern(f"reshape_like({DENSE}, x)".replace("(y,", f"({JOINED},"))
def attention(call: Composed) -> Made | None:
    """Peel one part after another off, from the output to the input."""
    bias = project(call, call.bound, "output")
    weights, dropout = dropped(call, call["a"])
    scores = need(call.find("softmax(s, axis=-1)", weights, {}))["s"]
    scores, fields = seen(call, scores)
    found = need(call.find(SCORES, scores, {}))
    heads, dim, rotary, normalize = placed(call, found["q"], "query")
    keys, _, turned_too, _ = placed(call, repeated(call, found["k"]), "key")
    split = need(call.find(HEADS, repeated(call, call["v"]), {}))
    project(call, need(call.find(DENSE, split["y"], {})), "value")
    if heads != call["H"] or rotary != turned_too or found["S"] != dim**-0.5:
        return None
    channels = call.before[-1]
    return L.MultiHeadAttention(
        heads,
        key_heads=None if keys == heads else keys,
        head_dim=None if heads * dim == channels else dim,
        bias=bias,
        normalize=normalize,
        rotary=rotary,
        dropout=dropout,
        **fields,
    )


def need(found: Bound | None) -> Bound:
    """Return what was found.

    Raises:
        LookupError: nothing was.
    """
    if found is None:
        raise LookupError
    return found


def dropped(call: Composed, at: Reference) -> tuple[Reference, float]:
    for text in DROPPED:
        found = call.find(text, at, {})
        if found is not None:
            return found["x"], float(found["P"])
    return at, 0.0


def repeated(call: Composed, at: Reference) -> Reference:
    """Return keys or values before they are given to several heads each."""
    found = call.find("repeat(y, repeats=R, axis=0)", at, {})
    return found["y"] if found else at


def seen(call: Composed, at: Reference) -> tuple[Reference, dict[str, Any]]:
    """Return the scores without what hides keys, and without what is learned for
    distances.
    """
    fields: dict[str, Any] = {}
    source = {"x": call["x"]}
    hidden = call.find(SEEN, at, {})
    if hidden is not None:
        at, near = hidden["s"], hidden["n"]
        window = call.find(WINDOW, near, {})
        ages = window or need(call.find("g >= 0", near, {}))
        need(call.find(AGES, ages["g"], source))
        fields = {"causal": True, "window": int(window["W"]) if window else None}
    learned = call.find(BIASED, at, {})
    if learned is not None:
        at = learned["s"]
        need(call.find(AGES, learned["g"], source))
        take(call, learned["r"], "relative.weight")
        fields["relative"] = int(learned["M"]) + 1
    return at, fields


def placed(
    call: Composed, at: Reference, name: str
) -> tuple[int, int, float | None, bool]:
    """Take queries or keys: how many heads, of which size, turned by which base, and
    whether they are normalized.
    """
    rotary, table = None, call.find(TURNED, at, {})
    if table is not None:
        held = call.value_of(table["t"])
        values = held.array[0] if isinstance(held, Held) else None
        rotary = None if values is None else base_of(values, turned)
        if rotary is None:
            raise LookupError
        at = table["y"]
    norm = call.find(NORMALIZED, at, {})
    if norm is not None:
        take(call, norm["g"], f"{name}_norm.weight")
        at = norm["y"]
    split = need(call.find(HEADS, at, {}))
    dense = need(call.find(DENSE, split["y"], {}))
    project(call, dense, name)
    need(call.find(ROWS, dense["y"], {"x": call["x"]}))
    size = call.weights[f"{name}.weight"].values.shape[0]
    return split["H"], size // split["H"], rotary, norm is not None


def project(call: Composed, dense: Bound, name: str) -> bool:
    """Take the arrays of one of the four matrices; tell whether it has a bias."""
    take(call, dense["w"], f"{name}.weight")
    for bias in dense["ps"]:
        take(call, bias, f"{name}.bias")
    return bool(dense["ps"])


def take(call: Composed, at: Reference, name: str) -> None:
    call.hold(call.value_of(at), name)
