"""Large documents, and small ones that ask for much, take linear time.

Limits of seconds are of the processor, far above what is needed and far below what
anything quadratic takes.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import netspec as ns
from netspec import Dense, Identity, Parallel, ReLU, Sequential, Spec, SpecError
from netspec.spec import documents
from tests.command import Command

HEAD = "netspec: 1\nname: a\ninput_shape: [3]\nlayers:\n"
MANY = 5_000  # layers, in more characters than the parser in Python gets


@contextmanager
def quick(seconds: float) -> Iterator[None]:
    gc.freeze()  # what other tests left behind is not traversed meanwhile
    try:
        start = time.process_time()
        yield
        assert time.process_time() - start < seconds
    finally:
        gc.unfreeze()


def test_a_repeated_key_among_many() -> None:
    keys = ",".join(f'"k{i}": 1' for i in range(100_000))
    with quick(1), pytest.raises(SpecError, match="the key 'z' stands twice"):
        documents.parse_json(f'{{{keys},"z":1,"z":2}}')


def test_a_long_yaml_file_means_what_a_short_one_does() -> None:
    line = "- {type: Dense, units: 3, init: {weight: {type: Constant, value: 1e-5}}}\n"
    short = documents.parse_yaml(HEAD + line)
    with quick(1):
        long = documents.parse_yaml(HEAD + line * MANY)
    assert long == {**short, "layers": short["layers"] * MANY}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "- {type: Dense, units: 3, units: 3}",
            "the key 'units' stands twice (line 6)",
        ),
        ("- *a", "YAML aliases are refused; write it out (line 6)"),
        ("- !!set {b}", "YAML tags are refused, received 'tag:yaml.org,2002:set'"),
        ("- " + "[" * 200_000, "nested more than 64 levels deep (line 6)"),
        ("- {1: 2}", "keys must be text, received 1 (line 6)"),
        ("- ]", "not valid YAML: "),
        ("- " + "9" * 10_000, "a number is too long (line 6)"),
        ("--- b", "expected a single document (line 6)"),
    ],
    ids=lambda text: text[:12],
)
def test_a_long_yaml_file_is_refused_as_a_short_one_is(line: str, problem: str) -> None:
    for more in (0, MANY):
        source = HEAD + "- {type: ReLU}\n" + line + "\n" + "- {type: ReLU}\n" * more
        with quick(3), pytest.raises(SpecError) as caught:
            documents.parse_yaml(source)
        assert problem in str(caught.value)


def test_the_table_of_many_layers(netspec: Command, tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    Spec("long", (4,), [Dense(4), ReLU()] * 5_000).save(path)
    with quick(2):
        code, out, _ = netspec("show", path)
    assert code == 0
    assert out.count("\n") == 10_000 + 6
    assert "9998   Dense(4)   4                      20           0.5\n" in out


# One object in many places


def shared(levels: int, times: int = 2) -> ns.Layer:
    layer: ns.Layer = Identity()
    for _ in range(levels):
        layer = Parallel([[layer]] * times, merge="add")
    return layer


def shared_document(levels: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"type": "Identity"}
    for _ in range(levels):
        layer = {"type": "Parallel", "branches": [[layer]] * 2, "merge": "add"}
    return {"netspec": 1, "name": "x", "input_shape": [2], "layers": [layer]}


@pytest.mark.parametrize(
    "build",
    [
        lambda: Spec("x", (2,), [shared(18)]),
        lambda: Spec("x", (2,), [shared(5, times=20)]),
        lambda: Spec("x", (2,), [Sequential([ReLU()] * 300) for _ in range(1000)]),
        lambda: Spec.from_dict(shared_document(20)),
    ],
)
def test_too_many_layers_are_refused_at_once(build: Callable[[], Spec]) -> None:
    with quick(2), pytest.raises(SpecError) as caught:
        build()
    assert "a spec has at most" in str(caught.value)


def test_the_innermost_list_that_has_too_many_is_named() -> None:
    layers = [ReLU(), Sequential([ReLU(), shared(17), ReLU()])]
    with pytest.raises(SpecError) as caught:
        Spec("x", (2,), layers)
    assert str(caught.value) == (
        "layers[1].layers a spec has at most 262,144 layers, containers included,"
        " received 262,145 here; a layer that stands in several places counts in each,"
        " so nest fewer containers, or make it narrower"
    )


def test_what_shares_less_is_built() -> None:
    spec = Spec("x", (2,), [shared(8)])
    assert len(spec.shapes()) == 2**9 - 1
    assert ns.Spec.from_dict(shared_document(8)) == spec
