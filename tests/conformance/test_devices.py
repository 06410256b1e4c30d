"""What was seen on the CPU alone decides nothing on another device."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Dense, NetspecError, Spec
from netspec.conformance import conform
from netspec.contract import Numerics, Step
from netspec.declare import FrozenDict
from netspec.differences import entries
from tests.command import Command
from tests.conformance.wrapped import Wrapped

NET = Spec("net", (4,), [Dense(3), BatchNorm(), Dense(2)])
STEP = ("outputs", "gradients", "state")
RUNNING = "training: state 1.running_var"
WHY = "rests on running_variance, which was seen on cpu only"


class Elsewhere(Wrapped):
    """The reference, which says that it computes on another device.

    Args:
        kind: of devices on which it is by its own choice.
        numerics: its conventions.
    """

    def __init__(self, kind: str = "gpu", numerics: Numerics | None = None) -> None:
        super().__init__("numpy")
        self.name, self.device = "elsewhere", kind
        self.asked: set[Any] = set()
        self.numerics = numerics or Numerics()

    def compile(self, spec: Spec, *, device: Any = None, **how: Any) -> Any:
        self.asked.add(device)
        return super().compile(spec, **how)


class Unbiased(Elsewhere):
    """Averages unbiased variances, as MXNet is reported to do with cuDNN."""

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        found, (x, _) = super().step(model, spec, *given, **how), given
        if not how["train"]:
            return found
        held, path = self.params(model, spec), "1.running_var"
        moved = found.state[path] - 0.9 * held[path]
        n = len(x)
        state = {**found.state, path: 0.9 * held[path] + moved * n / (n - 1)}
        return replace(found, state={p: s.astype(x.dtype) for p, s in state.items()})


def statuses(backend: Any, **how: Any) -> dict[str, set[str]]:
    """By check and tensor of the whole net, the statuses in both dtypes."""
    report = conform(NET, backend, checks=how.pop("checks", STEP), **how)
    found: dict[str, set[str]] = {}
    for row in report.rows:
        if row.spec == NET.name:
            found.setdefault(row.what, set()).add(row.verdict.status)
    return found


def test_a_convention_that_was_not_seen_here_decides_nothing() -> None:
    """Neither for it nor against it, and of its own tensors alone."""
    for kind in (Elsewhere, Unbiased):
        found = statuses(kind())
        assert found.pop(RUNNING) == {"inconclusive"}
        assert set().union(*found.values()) == {"pass"}
    rows = conform(NET, Elsewhere(), checks="state").rows
    assert {r.verdict.reason for r in rows if r.what == RUNNING} == {WHY}


def test_on_the_device_where_it_was_seen_it_decides() -> None:
    assert statuses(Elsewhere("cpu"))[RUNNING] == {"pass"}
    assert statuses(Unbiased("cpu"))[RUNNING] == {"fail"}
    for seen in (("cpu", "gpu"), ("any",)):
        known = Numerics(devices=FrozenDict({"running_variance": seen}))
        assert statuses(Elsewhere(numerics=known))[RUNNING] == {"pass"}
        assert statuses(Unbiased(numerics=known))[RUNNING] == {"fail"}


def test_the_device_that_is_asked_for_is_the_one_that_counts() -> None:
    backend = Elsewhere("cpu")
    assert statuses(backend, device="gpu:1")[RUNNING] == {"inconclusive"}
    assert backend.asked == {"gpu:1"}
    assert statuses(backend, device="cpu")[RUNNING] == {"pass"}


def test_what_is_missing_fails_on_every_device() -> None:
    class Forgets(Elsewhere):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            return replace(super().step(model, spec, *given, **how), state={})

    assert statuses(Forgets())[RUNNING] == {"fail"}


def test_optimizers_that_were_not_seen_here_decide_nothing() -> None:
    found = statuses(Elsewhere(), checks="training", dtypes="float32")
    reasons = [what for what, status in found.items() if status == {"inconclusive"}]
    assert any(what.startswith("adam") for what in reasons)
    assert statuses(Elsewhere("cpu"), checks="training", dtypes="float32")


@pytest.mark.parametrize("device", ["", "GPU", "gpu:", "cuda:0 ", 1])
def test_no_device(device: Any) -> None:
    with pytest.raises(NetspecError, match="device must be a kind and a number"):
        conform(NET, "numpy", device=device)


def test_a_device_that_a_backend_lacks_is_unsupported(
    netspec: Command, tmp_path: Any
) -> None:
    NET.save(tmp_path / "net.yaml")
    given = ("--backend", "numpy", "--check", "state", "--device")
    out = netspec("conform", tmp_path / "net.yaml", *given, "gpu").out
    assert "the reference runs on the cpu, received 'gpu'" in " ".join(out.split())
    assert netspec("conform", tmp_path / "net.yaml", *given, "cpu").code == 0


def test_a_failure_elsewhere_is_shown_again_there() -> None:
    class Wrong(Elsewhere):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            found = super().step(model, spec, *given, **how)
            return replace(found, output=found.output + np.float32(1))

    backend = Wrong("cpu")
    report = conform(NET, backend, "float32", "outputs", device="gpu")
    assert backend.asked == {"gpu"}
    assert all("device='gpu')" in one.script for one in report.divergences)


def test_declared_conventions_were_seen_where_their_entries_say() -> None:
    for entry in (e for e in entries() if e.numerics):
        for name in entry.backends:
            found = getattr(netspec.backend(name), "numerics", Numerics())
            assert entry.numerics is not None
            assert found.seen_on(entry.numerics) == entry.devices
