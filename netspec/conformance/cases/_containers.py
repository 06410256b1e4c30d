"""Cases of containers: chains that differ, and whose values are read twice."""

from __future__ import annotations

from netspec import layers as nl
from netspec.conformance.cases._shapes import LINE, PLANE, ROW
from netspec.layers import Layer, Shape

# Squeeze-and-excitation's
GATE = [nl.GlobalAvgPool2D(keepdims=True), nl.Conv2D(4, kernel_size=1), nl.Sigmoid()]
# The last two axes exchanged
TURNED = [nl.Permute((1, 3, 2)), nl.Tanh()]

# Parts of the channels, of which one is read twice
SPLIT = [
    nl.Node("first", [nl.Slice(1, stop=2)]),
    nl.Node("second", [nl.Slice(1, start=2), nl.Conv2D(2, kernel_size=3, padding=1)]),
    nl.Node("sum", [nl.BatchNorm()], reads=["first", "second"], merge="add"),
    nl.Node("all", [nl.Conv2D(3, kernel_size=1)], reads=["first", "sum", "second"]),
]
MERGED = [
    nl.Node("x", [nl.Dense(5)]),
    nl.Node("class", [nl.Dense(1)], reads=["x"]),
    nl.Node("gate", [nl.Dense(5)], reads=["class", "x"], merge="multiply"),
    nl.Node("most", [nl.Tanh()], reads=["gate", "class", "x"], merge="maximum"),
    nl.Node("less", [nl.Dense(3)], reads=["most", "x"], merge="subtract"),
]
STACKED = [
    nl.Node("turned", [nl.Permute((2, 1))]),
    nl.Node("square", [nl.Tanh()], reads=["input", "turned"], merge="matmul"),
    nl.Node("pair", [nl.Tanh()], reads=["square", "square"], merge="stack", axis=2),
    nl.Node("last", [nl.Dense(2)], reads=["pair", "pair"], axis=-1),
]

CONTAINERS: tuple[tuple[Shape, Layer], ...] = (
    (ROW, nl.Sequential([nl.Dense(5), nl.Tanh(), nl.Dense(3, name="head")])),
    (ROW, nl.Repeat([nl.Dense(6), nl.BatchNorm(), nl.Tanh()], 3)),
    (PLANE, nl.Repeat([nl.Conv2D(3, kernel_size=2), nl.Tanh()], 2)),
    (PLANE, nl.Graph(SPLIT)),
    (ROW, nl.Graph(MERGED)),
    (LINE, nl.Graph(STACKED, output="last")),
    (ROW, nl.Residual([nl.Dense(5), nl.Tanh(), nl.Dense(6)])),
    (ROW, nl.Residual([nl.Dense(5), nl.Tanh()], shortcut=[nl.Dense(5, bias=False)])),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Conv2D(3, kernel_size=1)]])),
    (PLANE, nl.Parallel([[nl.Dense(2)], [nl.Dense(3), nl.Tanh()]], axis=-1)),
    (ROW, nl.Parallel([[nl.Dense(5)], [nl.Dense(5), nl.Tanh()]], merge="add")),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Dense(1)]], merge="add")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="multiply")),
    (ROW, nl.Parallel([[nl.Dense(5)], [nl.Dense(5)], [nl.Dense(1)]], merge="multiply")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="subtract")),
    (PLANE, nl.Parallel([[nl.Tanh()], GATE], merge="maximum")),
    (ROW, nl.Parallel([[nl.Dense(5)]] * 2 + [[nl.Dense(1)]], merge="maximum")),
    (LINE, nl.Parallel([[nl.Permute((2, 1))], [nl.Dense(5)]], merge="matmul")),
    (PLANE, nl.Parallel([[nl.Conv2D(1, kernel_size=1)], TURNED], merge="matmul")),
    (PLANE, nl.Parallel([[nl.Tanh()], [nl.Dense(6)]], merge="stack")),
    (ROW, nl.Parallel([[nl.Tanh()], [nl.Dense(6)]], merge="stack", axis=-1)),
)
