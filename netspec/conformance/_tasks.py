"""Tasks: the units of a run as values, which any process can carry out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netspec.conformance._plan import checks_of, models
from netspec.conformance.judging import Verdict
from netspec.conformance.report import Row
from netspec.spec import Spec

START, LOCALIZE = "start", "localize"  # what is done beside checks
PROCESS = "its process"  # what a row is about whose task was lost


class Task(NamedTuple):
    """A unit of a run as a value: its model is a document, its backend a name.

    Attributes:
        document: JSON of the model.
        spec: name of the model.
        alone: True if the model is a single layer.
        backend: name of the backend under test.
        dtype: ``"float32"`` or ``"float64"``.
        check: name of the check; or ``"start"`` to import the backend, or
            ``"localize"`` to find where the model diverges.
        seed: seed of all random draws.
        quick: True to compile quickly wherever the backend can.
        device: where the backend runs; None for its own choice.
        weights: a file of trained weights; None where there are none.
        mode: where the model fails, for ``"localize"``: ``"evaluation"`` or
            ``"training"``.
    """

    document: str
    spec: str
    alone: bool
    backend: str
    dtype: str
    check: str
    seed: int
    quick: bool = False
    device: str | None = None
    weights: str | None = None
    mode: str = ""

    def __str__(self) -> str:
        return self.check if self.check == START else f"{self.check} of {self.spec}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The fields by which a row is known: check, backend, spec and dtype."""
        if self.check == START:
            return START, self.backend, "", ""
        return self.check, self.backend, self.spec, self.dtype

    def row(self, verdict: Verdict) -> Row:
        """Return a row about the process of the task."""
        return Row(*self.key, PROCESS, verdict)


def groups(
    specs: Iterable[Spec],
    backends: Iterable[str],
    dtypes: Iterable[str],
    checks: Iterable[str],
    seed: int,
    quick: bool = False,
    device: str | None = None,
    weights: Mapping[str, str] | None = None,
) -> list[list[Task]]:
    """List the tasks of a run, in order, in a group for each backend; no framework is
    imported.
    """
    chosen = [*dtypes], [*checks]
    files = weights or {}
    planned = [
        (*model, json.dumps(model[0].to_dict()), files.get(model[0].name))
        for model in models(specs)
    ]
    return [
        [
            Task(
                *(document, spec.name, alone, name, dtype, check),
                *(seed, quick, device, None if alone else held),
            )
            for spec, alone, document, held in planned
            for dtype in chosen[0]
            for check in checks_of(
                spec, alone, name, chosen[1], held is not None and not alone
            )
        ]
        for name in backends
    ]
