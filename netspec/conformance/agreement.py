"""Agreement: one step of a backend against the reference, tensor by tensor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netspec.backend import Array, Backend, Numerics
from netspec.conformance.reference import Case, forecast, tensors
from netspec.conformance.tolerance import Verdict, judge


@dataclass(frozen=True)
class Agreement:
    """The verdicts on everything that one step gives.

    Attributes:
        verdicts: by tensor: ``output``, ``grad_input``, ``grad 0.weight``,
            ``state 1.running_mean``.
        ambiguous: units on a kink, by path; where there are any, the case does not
            decide and nothing passes.
    """

    verdicts: dict[str, Verdict]
    ambiguous: dict[str, int]

    @property
    def passed(self) -> bool:
        """Whether every tensor passes and the case decides."""
        statuses = {verdict.status for verdict in self.verdicts.values()}
        return statuses <= {"pass"} and not self.ambiguous

    @property
    def failures(self) -> dict[str, Verdict]:
        """The tensors that are too far off, or malformed."""
        return {n: v for n, v in self.verdicts.items() if v.status == "fail"}

    @property
    def worst(self) -> float:
        """The largest used over allowed."""
        return max(verdict.ratio for verdict in self.verdicts.values())

    def __str__(self) -> str:
        lines = [f"{name}: {verdict}" for name, verdict in self.verdicts.items()]
        lines += [f"{path}: {n} units on a kink" for path, n in self.ambiguous.items()]
        return "\n".join(lines)


def agree(backend: Backend, case: Case) -> Agreement:
    """Run one step of a backend and compare all that it gives with the reference."""
    spec = case.spec
    model = backend.compile(spec, params=case.params, dtype=case.dtype)
    step = backend.step(model, spec, case.x, case.cotangent, train=case.train)
    numerics = getattr(backend, "numerics", Numerics())
    expected = forecast(case, numerics)
    received = tensors(step)
    verdicts = {
        name: judge(received[name], of_tensor)
        if name in received
        else _fail("missing", of_tensor.allowed)
        for name, of_tensor in expected.tensors.items()
    }
    for name in _extra(received, expected.tensors):
        verdicts[name] = _fail("the reference has no such tensor", 0.0)
    return Agreement(verdicts, expected.ambiguous)


def _extra(received: dict[str, Array], known: Iterable[str]) -> list[str]:
    return sorted(set(received) - set(known))


def _fail(reason: str, allowed: float) -> Verdict:
    return Verdict("fail", float("inf"), allowed, reason)
