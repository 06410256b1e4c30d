"""From values that read each other to a tree of containers."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

import netspec as ns
from netspec import (
    Dense,
    Graph,
    Identity,
    MaxPool2D,
    Node,
    Parallel,
    ReLU,
    Residual,
    Sigmoid,
    SiLU,
    Softsign,
    Tanh,
)
from netspec.contract import Array
from netspec.importing import ImportProblem, Item, Join, Reading, Weight, imported
from netspec.layers import Layer
from tests.importing.compared import nameless
from tests.importing.readings import Entry, read

ADD, CAT = Join("add"), Join("concat")
X = (4,)


def layers(*entries: Entry) -> tuple[Layer, ...]:
    return nameless(imported(read(X, *entries)).spec)


def notes(*entries: Entry) -> tuple[str, ...]:
    return imported(read(X, *entries)).notes


def test_a_chain_is_a_chain() -> None:
    found = layers(("a", Tanh(), "input", ""), ("b", ReLU(), "a", ""))
    assert found == (Tanh(), ReLU())


def test_nothing_is_an_identity() -> None:
    assert layers() == (Identity(),)
    assert layers(("a", Identity(), "input", "")) == (Identity(),)


def test_a_sum_of_two_is_a_residual_whose_longer_branch_is_the_body() -> None:
    body = ("a", Tanh(), "input", "")
    for reads in (("a", "input"), ("input", "a")):
        assert layers(body, ("b", ADD, reads, "")) == (Residual([Tanh()]),)
    other = ("c", ReLU(), "a", ""), ("d", Sigmoid(), "input", "")
    (found,) = layers(body, *other, ("e", ADD, ("d", "c"), ""))
    assert found == Residual([Tanh(), ReLU()], shortcut=[Sigmoid()])


def test_a_value_added_to_itself_keeps_both_branches() -> None:
    assert layers(("a", ADD, ("input", "input"), "")) == (Residual([Identity()]),)


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_concatenation_keeps_the_order_of_its_operands(order: tuple[str]) -> None:
    kinds = {"a": Tanh(), "b": ReLU(), "c": Sigmoid()}
    made = [(key, kind, "input", "") for key, kind in kinds.items()]
    (found,) = layers(*made, ("d", CAT, tuple(order), ""))
    assert found == Parallel([[kinds[key]] for key in order])


def test_sums_of_one_module_are_one_and_those_of_others_are_not() -> None:
    made: list[Entry] = [
        ("a", Tanh(), "input", ""),
        ("b", ReLU(), "input", ""),
        ("c", Sigmoid(), "input", ""),
    ]
    inner = ("d", ADD, ("a", "b"), "m")
    (found,) = layers(*made, inner, ("e", ADD, ("d", "c"), "m"))
    assert found == Parallel([[Tanh()], [ReLU()], [Sigmoid()]], merge="add")
    (found,) = layers(*made, inner, ("e", ADD, ("d", "c"), ""))
    assert found == Residual(
        [Residual([Tanh()], shortcut=[ReLU()])], shortcut=[Sigmoid()]
    )
    assert not notes(*made, inner, ("e", ADD, ("d", "c"), ""))


def test_a_layer_that_stands_for_several_is_said() -> None:
    made: list[Entry] = [
        ("a", Sigmoid(), "input", "m"),
        ("b", Join("multiply"), ("input", "a"), "m"),
    ]
    assert layers(*made) == (SiLU(),)
    (said,) = notes(*made)
    assert said == "m: op is one SiLU with what it joins, which rounds otherwise"


def test_a_dense_block_is_a_chain() -> None:
    """Each of its layers reads all that came before."""
    found = layers(
        ("a", Tanh(), "input", ""),
        ("ia", CAT, ("input", "a"), ""),
        ("b", ReLU(), "ia", ""),
        ("iab", CAT, ("input", "a", "b"), ""),
        ("c", Sigmoid(), "iab", ""),
        ("iabc", CAT, ("input", "a", "b", "c"), ""),
    )
    assert found == tuple(
        Parallel([[Identity()], [kind]]) for kind in (Tanh(), ReLU(), Sigmoid())
    )


def test_operands_of_one_source_are_grouped_and_said_where_that_rounds() -> None:
    """A sum of values of two sources, one of which reads the other."""
    made: list[Entry] = [
        ("a", Tanh(), "input", ""),
        ("b", ReLU(), "a", ""),
        ("c", Sigmoid(), "a", ""),
    ]
    grouped = Residual([ReLU()], shortcut=[Sigmoid()])
    whole = Residual([Tanh(), grouped])
    for reads, said in (("b", "c", "input"), 0), (("b", "input", "c"), 1):
        entries = (*made, ("d", ADD, reads, ""))
        assert layers(*entries) == (whole,)
        assert len(notes(*entries)) == said
    apart = (*made, ("d", CAT, ("b", "input", "c"), ""))
    (found,) = layers(*apart)  # order has a meaning there
    assert isinstance(found, Graph)


def test_nested_merges_of_one_kind_are_flattened_where_nothing_else_helps() -> None:
    found = layers(
        ("a", Tanh(), "input", ""),
        ("b", ReLU(), "a", ""),
        ("c", Sigmoid(), "input", ""),
        ("d", CAT, ("c", "a"), "m"),
        ("e", CAT, ("d", "b"), ""),
    )
    assert found == (
        Parallel([[Sigmoid()], [Tanh(), Parallel([[Identity()], [ReLU()]])]]),
    )


def test_what_is_no_tree_becomes_a_graph_between_chains() -> None:
    """Two streams that exchange values, behind a layer and before one."""
    found = layers(
        ("first", Softsign(), "input", ""),
        ("a", Tanh(), "first", ""),
        ("b", ReLU(), "first", ""),
        ("ab", Join("multiply"), ("a", "b"), ""),
        ("c", Sigmoid(), "a", ""),
        ("d", Join("subtract"), ("ab", "c"), ""),
        ("last", Softsign(), "d", ""),
    )
    nodes = [
        Node("node0", [Tanh()]),
        Node("node1", [ReLU()]),
        Node("node2", [Identity()], reads=["node0", "node1"], merge="multiply"),
        Node("node3", [Sigmoid()], reads=["node0"]),
        Node("node4", [Identity()], reads=["node2", "node3"], merge="subtract"),
    ]
    assert found == (Softsign(), Graph(nodes), Softsign())


def test_what_the_output_does_not_read_is_left_out() -> None:
    found = layers(("a", Dense(3), "input", ""), ("b", ReLU(), "input", ""))
    assert found == (ReLU(),)


def test_branches_that_do_not_fit_are_named() -> None:
    reading = read(X, ("a", Tanh(), "input", ""))
    wide = Item("b", ("input",), Dense(3), (3,), "wide", "op")
    joined = Item("c", ("a", "b"), ADD, X, "sum", "op")
    broken = Reading("model", X, "c", (*reading.items, wide, joined))
    with pytest.raises(ImportProblem, match=r"(?s)sum: op.*sizes 3 and 4"):
        imported(broken)


def test_a_layer_that_gives_another_shape_than_the_framework_is_named() -> None:
    item = Item("a", ("input",), Dense(3), (4,), "fc", "linear")
    with pytest.raises(
        ImportProblem, match=r"fc: linear to \(4,\): Dense gives \(3,\)"
    ):
        imported(Reading("model", X, "a", (item,)))


def weighed(key: str, reads: str, origin: str) -> Item:
    weights = {"weight": Weight(origin, np.ones((4, 4), np.float32))}
    return Item(key, (reads,), Dense(4, bias=False), X, key, "linear", weights)


def test_weights_go_with_their_layers_into_the_order_of_the_spec() -> None:
    """The shortcut is read before the body, and stands behind it."""
    items = (
        weighed("short", "input", "short.w"),
        weighed("one", "input", "one.w"),
        weighed("two", "one", "two.w"),
        Item("sum", ("short", "two"), ADD, X, "", "add"),
    )
    found = imported(Reading("model", X, "sum", items))
    assert found.names == {
        "0.body.one.weight": "one.w",
        "0.body.two.weight": "two.w",
        "0.shortcut.short.weight": "short.w",
    }
    assert list(found.params) == list(found.spec.parameters())


def test_shared_weights_are_tied() -> None:
    items = (weighed("one", "input", "w"), weighed("two", "one", "w"))
    found = imported(Reading("model", X, "two", items))
    assert found.spec.ties == {"two.weight": "one.weight"}
    assert found.names == {"one.weight": "w"}


def other(values: Array, origin: str = "w") -> dict[str, Weight]:
    return {"weight": Weight(origin, values)}


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (other(np.zeros((4, 4))), "with other numbers made of it; give each layer its"),
        (other(np.zeros((9, 1))), r"there as \(.*\), here as \(9, 1\); a spec ties"),
        (other(np.ones((4, 4)), "w[0:4]"), "one as a whole and one in part"),
    ],
)
def test_what_no_tie_says_is_refused(weights: dict[str, Weight], said: str) -> None:
    one, two = weighed("one", "input", "w"), weighed("two", "one", "w")
    items = (one, replace(two, weights=weights))
    with pytest.raises(ImportProblem, match=rf"two: .* as a layer before .* {said}"):
        imported(Reading("model", X, "two", items))


def test_submodules_come_back() -> None:
    reading = read(
        (3, 8, 8),
        ("a", MaxPool2D(2, stride=1), "input", "stem.conv"),
        ("b", ReLU(), "a", "stem.act"),
        ("c", MaxPool2D(2, stride=1), "b", "stage.0.conv"),
        ("d", ReLU(), "c", "stage.0"),
        ("e", ReLU(), "d", "stage.1.type"),
        ("f", ReLU(), "e", ""),
    )
    spec = imported(reading).spec
    assert list(spec.shapes()) == [
        "stem",
        "stem.conv",
        "stem.act",
        "stage",
        "stage.0",
        "stage.0.conv",
        "stage.0.1",  # a function in the code of its module
        "stage.1",
        "2",
    ]


def test_a_module_that_is_called_twice_names_its_first_call() -> None:
    reading = read(
        X,
        ("a", ReLU(), "input", "act"),
        ("b", Tanh(), "a", "tanh"),
        ("c", ReLU(), "b", "act"),
    )
    assert list(imported(reading).spec.shapes()) == ["act", "tanh", "2"]


def test_all_problems_come_at_once_and_alike_ones_on_one_line() -> None:
    bad = [
        Item(f"v{i}", (f"v{i - 1}" if i else "input",), None, X, f"m{i}", "odd")
        for i in range(3)
    ]
    items = [
        ns.importing.Item(
            one.key, one.reads, one.problem("no layer for it"), X, one.module, "odd"
        )
        for one in bad
    ]
    with pytest.raises(ImportProblem) as caught:
        imported(Reading("model", X, "v2", tuple(items)))
    assert len(caught.value.problems) == 3
    assert str(caught.value).splitlines() == [
        "'model' cannot be imported: 3 problems",
        "  m0: odd to (4,): no layer for it (and at m1, m2)",
    ]
