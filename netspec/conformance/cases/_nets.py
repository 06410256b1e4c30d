"""Small whole nets that together contain every family of layers; unlike layers alone,
they expose bugs in wiring, state and training.
"""

from __future__ import annotations

from netspec import layers as nl
from netspec.init import InitPolicy, KaimingNormal, Normal, XavierUniform
from netspec.spec import Spec


def whole_nets() -> dict[str, Spec]:
    """Return a spec for each net, by its name."""
    return {spec.name: spec for spec in (_mlp(), _cnn(), _sequence(), _tied())}


def _mlp() -> Spec:
    block = nl.Residual([nl.Dense(16), nl.ReLU(), nl.Dense(16)])
    first = [nl.Dense(16), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    policy = InitPolicy(KaimingNormal("relu"))
    return Spec("mlp", (12,), [*first, block, nl.ReLU(), nl.Dense(10)], policy)


def _cnn() -> Spec:
    stem = [nl.Conv2D(6, kernel_size=(3, 2), bias=False), nl.BatchNorm(), nl.ReLU()]
    shortcut = [nl.Conv2D(8, kernel_size=1, stride=2, bias=False), nl.BatchNorm()]
    body = [
        nl.Conv2D(8, kernel_size=3, stride=2, padding=1),
        *(nl.GroupNorm(4), nl.LeakyReLU(0.1)),
        *(nl.Conv2D(8, kernel_size=3, padding="same"), nl.BatchNorm(0.8)),
    ]
    branches = nl.Parallel(
        [
            [nl.Conv2D(4, kernel_size=1), nl.SiLU()],
            [nl.AvgPool2D(3, stride=1, padding=1), nl.Conv2D(4, kernel_size=1)],
        ]
    )
    tail = [nl.GlobalAvgPool2D(), nl.Dropout(0.5), nl.Dense(10, name="head")]
    joined = [nl.Residual(body, shortcut=shortcut), nl.ReLU(), branches]
    layers = [*stem, nl.MaxPool2D(2, padding=1), *joined, *tail]
    return Spec("cnn", (3, 13, 12), layers, InitPolicy(XavierUniform()))


def _sequence() -> Spec:
    layers = [
        nl.Embedding(11, dim=6),
        *(nl.LayerNorm(), nl.Permute((2, 1)), nl.Conv1D(8, kernel_size=3, groups=2)),
        *(nl.PReLU(per_channel=True), nl.InstanceNorm(), nl.MaxPool1D(2)),
        *(nl.Flatten(), nl.GELU(), nl.Dense(5), nl.LogSoftmax()),
    ]
    policy = InitPolicy(Normal(0.3))
    return Spec("sequence", (9,), layers, policy, input_dtype="int")


def _tied() -> Spec:
    """Make a net of which the table of tokens is the head, too."""
    layers = [
        nl.Embedding(7, dim=6, name="tokens"),
        *(nl.Residual([nl.Dense(6), nl.Tanh(), nl.Dense(6)]), nl.LayerNorm()),
        nl.Dense(7, name="head"),
    ]
    ties = {"head.weight": "tokens.weight", "1.body.2.weight": "1.body.0.weight"}
    policy = InitPolicy(Normal(0.5))
    return Spec("tied", (4,), layers, policy, input_dtype="int", ties=ties)
