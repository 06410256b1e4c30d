"""Statements that draw first weights: in order, whatever their form."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from netspec.program import Program, call
from netspec.program.render import Layout, draw_statements


def spell(target: str) -> str:
    return target.partition(":")[2]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1))))
def test_loops_keep_the_order_of_draws(layers: list[tuple[int, int]]) -> None:
    inits = tuple(
        (f"{index}.{name}", call("m:draw", value))
        for index, value in layers
        for name in ("weight", "bias")
    )
    drawn: list[tuple[str, int]] = []
    source = "\n".join(draw_statements(Program(call("m:f"), inits), Layout(spell)))
    net = [SimpleNamespace(weight=f"{i}.weight", bias=f"{i}.bias") for i in range(5)]
    names = {"net": net, "draw": lambda path, value: drawn.append((path, value))}
    exec(f"if True:\n{source}\n    pass", names)
    assert drawn == [(path, draw.args[0]) for path, draw in inits]


Blocks = list[tuple[int, list[tuple[int, int]]]]
BLOCKS: st.SearchStrategy[Blocks] = st.lists(
    st.tuples(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 2), st.booleans())))
)


@given(BLOCKS, st.booleans())
def test_blocks_in_a_row_are_drawn_in_order(groups: Blocks, known: bool) -> None:
    blocks = [block for times, block in groups for _ in range(times)]
    inits = tuple(
        (f"0.{i}.{index}.weight", call("m:draw", value))
        for i, block in enumerate(blocks)
        for index, value in block
    )
    paths = [f"0.{i}.{j}" for i in range(len(blocks)) for j in range(3)]
    program, drawn = Program(call("m:f"), inits), []
    source = "\n".join(draw_statements(program, Layout(spell), paths if known else ()))
    net = [
        [
            [SimpleNamespace(weight=f"0.{i}.{j}.weight") for j in range(3)]
            for i in range(len(blocks))
        ]
    ]
    names = {"net": net, "draw": lambda path, value: drawn.append((path, value))}
    exec(f"if True:\n{source}\n    pass", names)
    assert drawn == [(path, draw.args[0]) for path, draw in inits]


def test_blocks_in_a_row_share_a_loop() -> None:
    inits = tuple(
        (f"2.{i}.{name}.weight", call("m:draw", value))
        for i in range(3)
        for name, value in (("0", 1), ("body", 2))
    )
    program, layout = Program(call("m:f"), inits), Layout(spell)
    body = ["        draw(block[0].weight, 1)", "        draw(block.body.weight, 2)"]
    assert draw_statements(program, layout) == ["    for block in net[2][0:3]:", *body]
    paths = [f"2.{i}" for i in range(3)]
    whole = draw_statements(program, layout, paths)
    assert whole == ["    for block in net[2]:", *body]
