"""Originals beside what was made of them, and what a certificate says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import importing
from netspec.certificates import Certificate, differences
from tests.importing.torch_nets import ResNet

torch = pytest.importorskip("torch")
nn = torch.nn


def seeded(build: Callable[[], Any]) -> Any:
    torch.manual_seed(0)
    return build()


@pytest.fixture(scope="module")
def resnet() -> tuple[Any, importing.Imported]:
    module = seeded(ResNet)
    return module, importing.torch(module, (3, 9, 8))


def certificate(module: Any, found: importing.Imported, **how: Any) -> Certificate:
    how = {"backends": (), **how}
    return ns.certify(module, found.spec, found.params, found.names, **how)


def reasons(made: Certificate) -> set[str]:
    failed = (row for row in made.report.rows if row.verdict.status == "fail")
    return {row.verdict.reason for row in failed}


def test_an_import_is_the_original_to_the_last_bit(
    resnet: tuple[Any, importing.Imported], tmp_path: Path
) -> None:
    module, found = resnet
    before = {name: t.clone() for name, t in module.state_dict().items()}
    batch = np.random.default_rng(0).normal(size=(7, 3, 9, 8)).astype("float32")
    made = certificate(module, found, backends="torch", inputs=batch)
    assert made.passed, made.report.counts
    assert all(bits.equal == bits.total > 0 for bits in made.bits)
    assert {bits.dtype for bits in made.bits} == {"float32", "float64"}
    assert [(one.agree, one.examples) for one in made.best] == [(7, 7)]
    assert made.compared.shapes == ((3, 9, 8), (3, 10, 11))
    assert {row.check for row in made.report.rows} == {
        *("weights", "outputs", "gradients", "state", "dropout")
    }
    assert made.lost.unused == ()
    after = module.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert module.training
    made.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "tensors have the original's bits" in page
    assert made.model.weights in page


def test_what_is_written_is_read_again_and_what_was_changed_is_not(
    resnet: tuple[Any, importing.Imported],
) -> None:
    module, found = resnet
    made = certificate(module, found, modes="evaluation", dtypes="float64")
    text = made.to_json()
    again = Certificate.from_json(text)
    assert again.to_json() == text
    assert differences(again, found.spec, found.params) == []
    first = next(iter(found.params))
    other = dict(found.params) | {first: found.params[first] + 1}
    assert "the weights are not those" in differences(again, found.spec, other)[0]
    for damaged in (text.replace("PASSED", "FAILED"), "{}", "[]", "{"):
        with pytest.raises(ns.NetspecError, match="not a certificate"):
            Certificate.from_json(damaged)


def test_another_decay_is_seen_in_training_alone(
    resnet: tuple[Any, importing.Imported],
) -> None:
    module, found = resnet
    module = seeded(ResNet)
    module.layer1[0].bn1.momentum = 0.7
    given = {"dtypes": "float64", "shapes": [(3, 9, 8)]}
    assert certificate(module, found, modes="evaluation", **given).passed
    made = certificate(module, found, modes="training", **given)
    failed = [row for row in made.report.rows if row.verdict.status == "fail"]
    assert {row.check for row in failed} == {"state"}


@pytest.mark.parametrize("rounds", [True, False])
def test_a_scalar_that_gradients_hold_in_float32_is_declared(rounds: bool) -> None:
    class ByHand(nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return nn.functional.relu6(x + 3) / 6

    middle = nn.Hardsigmoid if rounds else ByHand
    layers = seeded(lambda: [nn.Linear(3, 4), middle(), nn.Linear(4, 2)])
    module = nn.Sequential(*layers)
    spec = ns.Spec("hard", (3,), [ns.Dense(4), ns.HardSigmoid(), ns.Dense(2)])
    params = ns.adopt(spec, module.state_dict())
    made = ns.certify(module, spec, params, backends=(), dtypes="float64")
    assert made.passed, made.report.counts
    declared = {c for row in made.report.rows for c in row.verdict.conventions}
    assert declared == ({"float32_scalars: HardSigmoid.slope"} if rounds else set())


def test_names_are_found_where_none_are_given() -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)))
    spec = ns.Spec("small", (3,), [ns.Dense(4), ns.Tanh(), ns.Dense(2)])
    params = ns.adopt(spec, module.state_dict())
    made = ns.certify(module, spec, params, backends=())
    assert made.passed
    assert made.names == {path: path for path in spec.parameters()}


def test_weights_that_are_not_the_originals_are_named() -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 2)))
    found = importing.torch(module, (3,))
    params = dict(found.params) | {"0.bias": found.params["0.bias"] * 2}
    made = ns.certify(module, found.spec, params, found.names, backends=())
    assert "is not what the original has as '0.bias'" in reasons(made)


def test_what_only_training_has_is_said_and_training_is_not_compared() -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 2)))
    found = importing.torch(module, (3,))
    made = certificate(module, found, training_only=("aux: linear",))
    assert made.passed
    assert made.compared.modes == ("evaluation",)
    assert made.lost.training_only == ("aux: linear",)


@pytest.mark.parametrize("rate", [0.0, 0.01])
def test_what_draws_alike_is_one_law_however_it_is_rounded(rate: float) -> None:
    layers = nn.Linear(64, 2), nn.Dropout(rate), nn.Linear(2, 64), nn.Tanh()
    module = seeded(lambda: nn.Sequential(*layers)).double()
    found = importing.torch(module, (64,))
    made = certificate(module, found, dtypes="float64", shapes=[(64,)])
    assert made.passed, reasons(made)


def test_dropout_is_compared_as_a_law() -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5)))
    found = importing.torch(module, (3,))
    how: dict[str, Any] = {"dtypes": "float64", "shapes": [(3,)]}
    assert certificate(module, found, **how).passed
    module[1].p = 0.2
    assert reasons(certificate(module, found, **how)) == {"another law than the spec's"}
    module[1].p = 0.0
    assert reasons(certificate(module, found, **how)) == {"another law than the spec's"}


def test_a_backend_that_refuses_is_listed_unless_it_was_asked_for() -> None:
    class Refusing:
        name = "refusing"

        def __getattr__(self, name: str) -> Any:
            return lambda *given, **how: self.refuse()

        def refuse(self) -> None:
            raise ns.BackendError("0 Dense: not built here")

    module = seeded(lambda: nn.Sequential(nn.Linear(3, 2)))
    found = importing.torch(module, (3,))
    backend: Any = Refusing()
    made = certificate(module, found, backends=[backend], dtypes="float64")
    assert made.verdict == "UNDECIDED"
    assert {row.verdict.status for row in made.report.rows} == {"pass", "refused"}


def test_a_backend_without_gradients_is_compared_in_what_it_gives() -> None:
    pytest.importorskip("onnx")
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)))
    found = importing.torch(module, (3,))
    made = certificate(module, found, backends="onnx")
    assert made.passed, made.report.counts
    rows = [row for row in made.report.rows if row.backend == "onnx"]
    given = {row.what for row in rows if row.verdict.good}
    assert given == {"evaluation: output"}
    assert {row.verdict.status for row in rows} <= {"pass", "declared", "unsupported"}
    assert any("gradients" in row.verdict.reason for row in rows)


def test_an_original_whose_code_raises_fails_with_its_words() -> None:
    class Broken(nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 2)

        def forward(self, x: Any) -> Any:
            if x.dtype == torch.float64:
                raise RuntimeError("no doubles here")
            return self.fc(x)

    module = seeded(Broken)
    spec = ns.Spec("one", (3,), [ns.Dense(2)])
    params = {"0.weight": module.fc.weight, "0.bias": module.fc.bias}
    given = {path: array.detach().numpy() for path, array in params.items()}
    names = {"0.weight": "fc.weight", "0.bias": "fc.bias"}
    made = ns.certify(module, spec, given, names, backends=())
    assert reasons(made) == {"raised RuntimeError: no doubles here"}


def test_what_cannot_be_certified_is_refused_at_once() -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 2)))
    spec = ns.Spec("one", (3,), [ns.Dense(2)])
    params = ns.adopt(spec, module.state_dict())
    refusals: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
        ((object(), spec, params), {}, "original must be a module of PyTorch"),
        ((None, spec, params), {}, "give inputs and outputs"),
        ((module, "spec", params), {}, "spec must be a Spec"),
        ((module, spec, {}), {}, "missing"),
        ((module, spec, params, {"0.weight": "0.weight"}), {}, "names has none for"),
        ((module, spec, params, dict.fromkeys(params, "x")), {}, "no array 'x'"),
        ((module, spec, params), {"modes": "test"}, "modes are 'evaluation'"),
        ((module, spec, params), {"shapes": [(4,)]}, "no model with the same"),
        ((module, spec, params), {"shapes": []}, "give one"),
        ((module, spec, params), {"inputs": np.zeros((2, 4))}, "inputs: x has shape"),
    ]
    for given, how, words in refusals:
        with pytest.raises(ns.NetspecError) as caught:
            ns.certify(*given, **{"backends": (), **how})
        assert words in str(caught.value)


def test_what_memory_cannot_hold_is_refused_before_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = seeded(lambda: nn.Sequential(nn.Linear(3, 2)))
    found = importing.torch(module, (3,))
    monkeypatch.setattr("netspec._system._memory._physical_memory", lambda: 2**10)
    with pytest.raises(ns.NetspecError, match=r"comparison of 8 parameters.*narrower"):
        certificate(module, found)
