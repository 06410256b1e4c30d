"""Cases of attention, positions and recurrence."""

from __future__ import annotations

from netspec import layers as nl
from netspec.conformance.cases._shapes import LINE, PLANE
from netspec.layers import Layer, Shape

SEQUENCE, SEQUENCES = (5, 8), (3, 4, 8)
ALL_OF_ATTENTION = nl.MultiHeadAttention(
    4,
    key_heads=2,
    head_dim=6,
    causal=True,
    window=3,
    normalize=True,
    rotary=10000.0,
    relative=2,
    dropout=0.25,
)

ATTENTION: tuple[tuple[Shape, Layer], ...] = (
    (LINE, nl.MultiHeadAttention(3)),
    (SEQUENCE, nl.MultiHeadAttention(4, key_heads=2, causal=True, bias=False)),
    (SEQUENCE, nl.MultiHeadAttention(2, causal=True, window=2, rotary=100.0)),
    (SEQUENCE, nl.MultiHeadAttention(2, relative=3, normalize=True, head_dim=3)),
    (SEQUENCES, ALL_OF_ATTENTION),
    (LINE, nl.PositionEmbedding()),
    (PLANE, nl.PositionEmbedding(9)),
    (LINE, nl.SinusoidalPosition()),
    (PLANE, nl.SinusoidalPosition(100.0)),
    ((6, 5), nl.SinusoidalPosition()),
    (LINE, nl.ClassToken()),
    (PLANE, nl.ClassToken()),
)

READ = (4, 3)  # by recurrent layers
RECURRENCE: tuple[tuple[Shape, Layer], ...] = (
    (READ, nl.RNN(5)),
    (
        READ,
        nl.RNN(
            2, direction="both", activation="relu", bias=False, recurrent_bias=False
        ),
    ),
    (READ, nl.LSTM(5)),
    (READ, nl.LSTM(2, direction="both", recurrent_bias=False)),
    (READ, nl.LSTM(3, direction="reverse", bias=False, recurrent_bias=False)),
    (READ, nl.GRU(5, direction="reverse", bias=False, recurrent_bias=False)),
    (READ, nl.GRU(2, direction="both")),
    (READ, nl.GRU(3, direction="both", reset_after=False)),
)
