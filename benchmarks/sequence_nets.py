"""Nets for sequences that are measured, as specs; by hand they are in one file per
framework.
"""

from __future__ import annotations

import netspec as ns

SIZES = (1, 16)  # of the batches
POSITIONS, CHANNELS, HEADS, HIDDEN = 64, 256, 8, 1024

GPT_BLOCK = [
    ns.Residual([ns.LayerNorm(), ns.MultiHeadAttention(HEADS, causal=True)]),
    ns.Residual(
        [
            *(ns.LayerNorm(), ns.Dense(HIDDEN)),
            *(ns.GELU(approximate=True), ns.Dense(CHANNELS)),
        ]
    ),
]

SPECS = {
    "GPT block": ns.Spec("gpt_block", (POSITIONS, CHANNELS), GPT_BLOCK),
    "LSTM": ns.Spec("lstm", (POSITIONS, CHANNELS), [ns.LSTM(CHANNELS)]),
}
