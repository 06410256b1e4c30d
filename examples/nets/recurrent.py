"""Recurrent nets: a classifier that reads in both directions (Graves and Schmidhuber,
"Framewise phoneme classification with bidirectional LSTM", 2005) with the sizes of
Keras' example, and the medium language model of Zaremba, Sutskever and Vinyals,
"Recurrent neural network regularization" (2014).
"""

from __future__ import annotations

from nets.blocks import scaled
from netspec import (
    LSTM,
    Dense,
    Dropout,
    Embedding,
    InitPolicy,
    Parallel,
    Select,
    Spec,
    Uniform,
)


def bilstm_classifier(
    length: int = 200, vocabulary: int = 20000, classes: int = 1, width: float = 1
) -> Spec:
    """Classify a text by the last state of each direction, both of which have read all
    of it; 2,757,761 parameters by default.

    At the last position of one layer of both directions the second half has read one
    word. So the last two directions are layers of their own: one gives what it has at
    the last position, the other, which reads backward, at the first.

    Args:
        length: of a text.
        vocabulary: how many words there are.
        classes: units of the output; 1 where it is the log odds of two classes.
        width: multiplies the channels of a word and the units of the states.
    """
    units = scaled(64, width)
    forward = LSTM(units, recurrent_bias=False)  # one bias, as in Keras
    backward = LSTM(units, direction="reverse", recurrent_bias=False)
    layers = [
        Embedding(vocabulary, scaled(128, width), name="words"),
        LSTM(units, direction="both", recurrent_bias=False),
        Parallel([[forward, Select(1, -1)], [backward, Select(1, 0)]]),
        Dense(classes, name="logits"),
    ]
    return Spec("bilstm_classifier", (length,), layers, "keras", input_dtype="int")


def lstm_language_model(
    length: int = 35, vocabulary: int = 10000, width: float = 1, dropout: float = 0.5
) -> Spec:
    """Predict each next word of a text; 19,780,400 parameters by default.

    Args:
        length: of a piece of text; its state starts at 0.
        vocabulary: how many words there are.
        width: multiplies the channels of a word and the units of the states.
        dropout: of what goes up from layer to layer, not of what goes on in time.
    """
    units = scaled(650, width)
    layers = [
        Embedding(vocabulary, units, name="words"),
        *(Dropout(dropout), LSTM(units)),
        *(Dropout(dropout), LSTM(units)),
        *(Dropout(dropout), Dense(vocabulary, name="logits")),
    ]
    policy = InitPolicy(Uniform(-0.05, 0.05), bias=Uniform(-0.05, 0.05))
    return Spec("lstm_language_model", (length,), layers, policy, input_dtype="int")
