"""Every entry of the registry: its witness holds here, and its handling is true."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import InputError, NetspecError, Spec
from netspec import layers as nl
from netspec.conformance.cases import draw_single
from netspec.conformance.judging import agree, lacks
from netspec.contract import Backend, Numerics, backends
from netspec.differences import (
    FRAMEWORKS,
    Difference,
    entries,
    judge,
    missing,
    witness,
)

HERE = {name for name, found in backends().items() if found.installed}
INSTALLED = {name for name in FRAMEWORKS if not missing(name)}
CLAIMS = [(entry, name) for entry in entries() for name in entry.backends]
BOTH = pytest.mark.parametrize("train", [True, False], ids=["train", "evaluate"])


def claims(handling: str) -> pytest.MarkDecorator:
    """Parametrizes a test by the entries with a spec that are handled so."""
    chosen = [(e, name) for e, name in CLAIMS if e.handling == handling]
    ids = [f"{entry.id}-{name}" for entry, name in chosen]
    return pytest.mark.parametrize(("entry", "backend"), chosen, ids=ids)


def example(entry: Difference) -> Spec:
    assert entry.spec is not None
    return Spec.from_dict({"netspec": 1, "name": entry.id, **entry.spec})


def need(*names: str) -> None:
    absent = set(names) - INSTALLED
    if absent:
        pytest.skip(f"not installed: {', '.join(sorted(absent))}")


def settings() -> dict[str, object]:
    """What a snippet could change for all that runs after it."""
    import jax.numpy as jnp
    import torch

    return {
        "jax": jnp.asarray(1.0).dtype,
        "torch": (torch.get_default_dtype(), torch.is_grad_enabled()),
        "numpy": (np.get_printoptions(), np.geterr()),
        "warnings": list(warnings.filters),
    }


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_the_witness_holds_and_leaves_no_trace(entry: Difference) -> None:
    need(*entry.witness)
    if entry.id == "numpy-sizes" and np.__version__ < "2":
        pytest.skip("only NumPy 2 writes sizes in this way")
    before = settings()
    seen = witness(entry)
    assert seen.holds, (seen.problem, seen.results)
    assert settings() == before
    for result in seen.results.values():  # were the frameworks to agree, it would not
        assert judge(entry, dict.fromkeys(seen.results, result)), "no difference"


@claims("exact")
@BOTH
def test_what_is_exact_agrees(entry: Difference, backend: str, train: bool) -> None:
    need(backend)
    case = draw_single(example(entry), train=train, dtype=entry.dtype)
    agreement = agree(netspec.backend(backend), case)
    assert agreement.passed, str(agreement)


@claims("refused")
def test_what_is_refused_raises(entry: Difference, backend: str) -> None:
    need(backend)
    with pytest.raises(NetspecError):
        netspec.compile(example(entry), backend, seed=0, dtype=entry.dtype)


@claims("declared")
def test_what_is_declared_agrees_only_as_declared(
    entry: Difference, backend: str
) -> None:
    need(backend)
    declared = netspec.backend(backend)
    train = "training" not in lacks(declared)
    case = draw_single(example(entry), train=train, dtype=entry.dtype)
    assert agree(declared, case).passed
    silent = Silent(declared, entry.numerics)
    assert agree(silent, case).failures


class Silent:
    """A backend that does not declare one field of its numerics."""

    def __init__(self, backend: Backend, field: str | None) -> None:
        assert field is not None
        default = getattr(Numerics(), field)
        self.backend = backend
        self.numerics = dataclasses.replace(
            backend.numerics,  # type: ignore[attr-defined]
            **{field: default},
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)


def test_there_are_enough_of_each_kind() -> None:
    assert len(entries()) >= 40
    assert {entry.handling for entry in entries()} == {"exact", "declared", "refused"}


def test_every_numerics_that_a_backend_declares_has_its_entries() -> None:
    named = {(entry.numerics, name) for entry in entries() for name in entry.about}
    for name in sorted(HERE & {*backends()}):
        numerics = getattr(netspec.backend(name), "numerics", Numerics())
        if numerics.running_variance != Numerics().running_variance:
            assert ("running_variance", "BatchNorm") in named
        for owner, _ in numerics.float32_scalars:
            topic = "optimizers" if owner == "Optimizer" else owner
            assert ("float32_scalars", topic) in named
        for field in ("velocity_holds_rate", "adam_eps"):
            if getattr(numerics, field) != getattr(Numerics(), field):
                assert (field, "optimizers") in named


def images() -> Spec:
    return Spec("images", (2, 5, 5), [nl.Conv2D(3, kernel_size=3)])


def rows(*layers: nl.Layer) -> Spec:
    return Spec("rows", (3,), layers or [nl.Dense(2)])


WORDS = Spec("words", (2,), [nl.Embedding(3, dim=2)], input_dtype="int")

# What is refused at a call: the model, a batch, and the reason
CALLS: dict[str, tuple[Spec, np.ndarray, str]] = {
    "batchnorm-one-value": (
        rows(nl.BatchNorm()),
        np.ones((1, 3), np.float32),
        "training needs more than one value",
    ),
    "conv-unbatched-input": (images(), np.ones((2, 5, 5), np.float32), "batch, 2, 5"),
    "dtypes-do-not-mix": (rows(), np.ones((4, 3)), "the dtype of the model"),
    "embedding-index-out-of-range": (
        WORDS,
        np.array([[0, 5]]),
        r"indices must be in 0\.\.2, received 0 to 5",
    ),
}


@pytest.mark.parametrize("backend", [n for n in FRAMEWORKS if n in backends()])
@pytest.mark.parametrize("id_", CALLS)
def test_a_batch_that_is_refused(id_: str, backend: str) -> None:
    need(backend)
    spec, batch, reason = CALLS[id_]
    engine = netspec.backend(backend)
    model = engine.compile(spec, seed=0)
    with pytest.raises(InputError, match=reason):
        engine.forward(model, spec, batch, train=True)


def test_every_refusal_is_tested() -> None:
    refused = {entry.id for entry in entries() if entry.handling == "refused"}
    assert (
        refused == {e.id for e, _ in CLAIMS if e.handling == "refused"} | CALLS.keys()
    )
