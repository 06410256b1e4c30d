"""MultiHeadAttention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from netspec import MultiHeadAttention
from netspec.layers import Layer
from netspec.spec import Spec
from tests.kills import tensors as wrong
from tests.kills.bug import alone, bug
from tests.kills.inject import misread, patched, replaced

HOME = "netspec_torch.support.attention"
CORE = "torch.nn.functional:scaled_dot_product_attention"
STEP = "outputs gradients"


def on(layer: Layer) -> Spec:
    return alone(layer, (5, 8))


PLAIN = on(MultiHeadAttention(2))
CAUSAL = on(MultiHeadAttention(2, causal=True))
WINDOW = on(MultiHeadAttention(2, causal=True, window=2))
GROUPED = on(MultiHeadAttention(4, key_heads=2))
DROPPING = on(MultiHeadAttention(2, dropout=0.3))


def core(change: Callable[..., Any], **fixed: Any) -> Any:
    """The product of queries and keys, the softmax and the product with the values are
    changed; `change` is told the original, queries, keys, values and all options.
    """

    def called(original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Any:
        return change(original, q, k, v, **(how | fixed))

    return patched(CORE, called)


def same(original: Any, *tensors: Tensor, **how: Any) -> Any:
    return original(*tensors, **how)


def of_all_channels(
    original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any
) -> Tensor:
    y: Tensor = original(q, k, v, scale=(q.shape[-1] * q.shape[-3]) ** -0.5, **how)
    return y


def ignoring(original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Any:
    """True in the mask hides a key, as in `nn.MultiheadAttention`."""
    how["attn_mask"] = ~how["attn_mask"]
    return original(q, k, v, **how)


def modulo(original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Any:
    """Head h reads key head h % 2."""
    count = q.shape[-3] // k.shape[-3]
    k, v = (x.repeat(1, count, 1, 1) for x in (k, v))
    return original(q, k, v, **how | {"enable_gqa": False})


def in_float32(original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Any:
    """A softmax in float32, as that of `jax.nn.dot_product_attention`."""
    scores = q @ k.mT * q.shape[-1] ** -0.5
    return scores.float().softmax(-1).to(q.dtype) @ v


def unscaled_late(
    original: Any, q: Tensor, k: Tensor, v: Tensor, attn_mask: Any, **how: Any
) -> Any:
    """The bias of distances is scaled, too."""
    return original(q, k, v, attn_mask=attn_mask * q.shape[-1] ** -0.5, **how)


def centered(original: Any, x: Tensor, *rest: Any) -> Any:
    """A mean is subtracted, as by `normalize_qk` of Flax."""
    return original(x - x.mean(-1, keepdim=True), *rest)


def interleaved_heads(original: Any, made: Any, x: Tensor) -> Any:
    """Channels of a head are `heads` apart."""
    return x.unflatten(-1, (made.head_dim, -1)).movedim(-1, -3)


def turned_distances(original: Any, made: Any, ages: Tensor) -> Any:
    return original(made, -ages)


def by_hand(change: Callable[[Tensor, float], Tensor]) -> Any:
    """Weights of training that are changed, where they are dropped."""

    def called(
        original: Any, q: Tensor, k: Tensor, v: Tensor, dropout_p: float, **how: Any
    ) -> Any:
        weights = (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1)
        return (change(weights, dropout_p) if dropout_p else weights) @ v

    return core(called)


def mask(weights: Tensor, rate: float, *axes: int) -> Tensor:
    """What is kept, one draw for all along some axes."""
    shape = [1 if axis in axes else n for axis, n in enumerate(weights.shape)]
    return (torch.rand(shape) >= rate).to(weights.dtype)


def renormalized(weights: Tensor, rate: float) -> Tensor:
    kept = weights * mask(weights, rate)
    return kept / kept.sum(-1, keepdim=True).clamp(min=1e-6)


def natively(
    original: Any, q: Any, k: Any, v: Any, bias: Any, sight: Any, mode: Any
) -> Any:
    import jax

    return jax.nn.dot_product_attention(q, k, v, bias, is_causal=sight.causal)


def always(original: Any, q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Any:
    return original(q, k, v, **how | {"dropout_p": 0.3})


BUGS = (
    bug("scores are not scaled", core(same, scale=1.0), PLAIN, STEP),
    bug("scaled by all channels", core(of_all_channels), PLAIN, STEP),
    bug(
        "queries and keys exchanged",
        core(lambda original, q, k, v, **how: original(k, q, v, **how)),
        PLAIN,
        STEP,
    ),
    bug(
        "channels of heads interleaved",
        patched(f"{HOME}:SelfAttention.split", interleaved_heads),
        PLAIN,
        STEP,
    ),
    bug("softmax in float32", core(in_float32), PLAIN, STEP, dtypes="float64"),
    bug(
        "no gradient of the keys",
        core(lambda original, q, k, v, **how: original(q, k.detach(), v, **how)),
        PLAIN,
        "gradients",
    ),
    bug("causal ignored", core(same, is_causal=False), CAUSAL, STEP),
    bug("True in the mask hides", core(ignoring), WINDOW, STEP),
    bug(
        "window counts the others",
        misread(window=lambda layer: layer.window + 1),
        WINDOW,
        STEP,
    ),
    bug("key heads by modulo", core(modulo), GROUPED, STEP),
    bug(
        "distances from query to key",
        patched(f"{HOME}:RelativeBias.forward", turned_distances),
        on(MultiHeadAttention(2, relative=3)),
        STEP,
    ),
    bug(
        "bias of distances scaled",
        core(unscaled_late),
        on(MultiHeadAttention(2, relative=3)),
        STEP,
    ),
    bug(
        "queries and keys centered, too",
        patched("torch.nn.functional:rms_norm", centered),
        on(MultiHeadAttention(2, normalize=True)),
        STEP,
    ),
    bug(
        "dropout: one mask for all heads",
        by_hand(lambda w, rate: w * mask(w, rate, 1) / (1 - rate)),
        DROPPING,
        "dropout",
    ),
    bug(
        "dropout: one mask for all queries",
        by_hand(lambda w, rate: w * mask(w, rate, 2) / (1 - rate)),
        DROPPING,
        "dropout",
    ),
    bug(
        "dropout: without 1 / (1 - rate)",
        by_hand(lambda w, rate: w * mask(w, rate)),
        DROPPING,
        "dropout",
    ),
    bug("dropout: rows sum to 1 again", by_hand(renormalized), DROPPING, "dropout"),
    bug(
        "dropout: another mask in the backward pass",
        by_hand(
            lambda w, rate: wrong.borrowing(
                w * mask(w, rate) / (1 - rate), w.detach() * mask(w, rate) / (1 - rate)
            )
        ),
        DROPPING,
        "dropout",
    ),
    bug("dropout: active in evaluation", core(always), DROPPING, "outputs"),
    bug(
        "hidden scores are -10, not minus infinity",
        replaced("netspec_gluon.support.attention:UNSEEN", -10.0),
        CAUSAL,
        STEP,
        backend="gluon",
    ),
    bug(
        "its own attention in float64, too",
        patched("netspec_jax.support.attention:attend_written_out", natively),
        CAUSAL,
        STEP,
        dtypes="float64",
        backend="jax",
    ),
)
