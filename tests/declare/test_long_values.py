"""Whatever is received, and however long, an error quotes little of it, at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Dense, Parallel, ReLU, Spec, errors
from netspec.declare import Declared, Field, fields_of
from netspec.declare.rules import Unfit
from netspec.init import INITIALIZERS, InitPolicy, InitRule
from netspec.layers import LAYERS
from netspec.spec import check_params

wrong: Any = ns
LONG = 10**6
SHORT = (
    900  # characters of a message: what was received, twice, and all names of layers
)
TEXT = "x" * LONG


def nested() -> ns.Layer:
    """As a tree, 2^60 layers."""
    layer: ns.Layer = ReLU()
    for _ in range(60):
        layer = Parallel([[layer]] * 2)
    return layer


VALUES: dict[str, Any] = {
    "text": TEXT,
    "bytes": TEXT.encode(),
    "list": list(range(LONG)),
    "texts": [TEXT] * 1000,
    "mapping": {f"k{i}": TEXT for i in range(1000)},
    "long key": {TEXT: 1},
    "number": 10**4000,
    "array": np.zeros(LONG),
    "texts of NumPy": np.array([TEXT[:10_000]] * 3, object),
    "exception": ValueError(TEXT),
    "a layer in many places": nested(),
    "layers": [nested()] * 1000,
}
LONG_RULE = InitRule(TEXT[:10_000], ns.Zeros())
KINDS: list[type[Declared]] = [
    *(LAYERS[name] for name in LAYERS),
    *(INITIALIZERS[name] for name in INITIALIZERS),
    *(Spec, InitPolicy, InitRule),
]


def fits(field: Field[Any, Any], value: object) -> bool:
    try:
        field.rule.parse(value)
    except (Unfit, errors.SpecError):
        return False
    return True


@pytest.mark.parametrize("what", VALUES)
def test_the_error_of_any_field_is_short(what: str) -> None:
    start = time.process_time()
    for kind in KINDS:
        for name, field in fields_of(kind).items():
            if not fits(field, VALUES[what]):
                with pytest.raises(errors.SpecError) as caught:
                    field.__set__(object.__new__(kind), VALUES[what])
                assert len(str(caught.value)) < SHORT, (kind, name)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "call",
    [
        lambda: Spec("a", (3,), [ReLU(name=TEXT), ReLU(name=TEXT)]),
        lambda: Spec("a", (3,), [Dense(3, init={TEXT: ns.Zeros()})]),
        lambda: Spec("a", (3,), [ReLU()], init=TEXT),
        lambda: Spec(
            "a",
            (3,),
            [Dense(3)],
            init=InitPolicy(rules=[InitRule(TEXT[:10_000], ns.Zeros())]),
        ),
        lambda: Spec("a", (3,), [wrong.Reshape([2] * 100_000)]),
        lambda: Spec("a", [1] * 100_000, [ReLU()]),
        lambda: Spec("a", (3,), [wrong.Permute(range(1, 100_001))]),
        lambda: Spec.from_dict(wrong.spec.documents.parse_yaml(f"{TEXT}: 1")),
        lambda: Spec.from_dict({"netspec": 1, TEXT: 1}),
        lambda: Spec.from_dict({"netspec": 10**4000}),
        lambda: wrong.spec.documents.parse_yaml("a: !<" + TEXT + "> b"),
        lambda: ns.load(TEXT),
        lambda: ns.load_params(TEXT),
        lambda: ns.backend(TEXT),
        lambda: wrong.compile(Spec("a", (3,), [Dense(3)]), [TEXT]),
        lambda: wrong.export(Spec("a", (3,), [Dense(3)]), {TEXT}),
        lambda: wrong.compile(TEXT, "torch"),
        lambda: wrong.gain(TEXT),
        lambda: wrong.gain([TEXT]),
        lambda: ns.probe(Spec("a", (3,), [Dense(3)]), inits=TEXT),
        lambda: ns.probe(Spec("a", (3,), [Dense(3)]), inits=f"Normal({TEXT!r})"),
        lambda: wrong.probe(Spec("a", (3,), [Dense(3)]), lr=TEXT),
        lambda: wrong.probe(Spec("a", (3,), [Dense(3)]), jacobian=TEXT),
        lambda: wrong.init_params(Spec("a", (3,), [Dense(3)]), TEXT),
        lambda: wrong.init_params(Spec("a", (3,), [Dense(3)]), 0, TEXT),
        lambda: check_params(
            Spec("a", (3,), [Dense(3)]), {TEXT: np.zeros(3)} | {TEXT + "a": np.ones(2)}
        ),
    ],
)
def test_an_error_is_short(call: Callable[[], object]) -> None:
    with pytest.raises(errors.NetspecError) as caught:
        call()
    assert len(str(caught.value)) <= errors.LONGEST
    assert str(caught.value)


def test_an_exception_is_quoted_before_it_is_measured() -> None:
    start = time.process_time()
    for message in ("x" * 10**7, "x y\n" * 10**7, "\n" * 10**7):
        assert len(errors.said(ValueError(message))) <= errors.SAID
        assert len(errors.said(ValueError(message), first_line=True)) <= errors.SAID
    assert time.process_time() - start < 1


def test_an_exception_that_cannot_be_quoted() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert errors.said(Mute()) == "Mute"
    assert errors.said(ValueError()) == "ValueError"
    assert errors.said(ValueError(" a\n b")) == "a b"
    assert errors.said(ValueError("\na\nb"), first_line=True) == "a"


def test_no_message_of_ours_is_longer_than_the_longest() -> None:
    for kind in (errors.NetspecError, errors.SpecError, errors.InputError):
        assert len(str(kind(TEXT))) == errors.LONGEST
        assert str(kind("short")) == "short"
    located = errors.SpecError(TEXT, ("layers", 3))
    assert str(located).startswith("layers[3] xxx")
    assert len(str(located)) == errors.LONGEST
