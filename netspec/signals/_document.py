"""Write reports as JSON documents.

A document has

- ``schema``: the version of this format,
- ``spec``, ``backend``, ``dtype``, ``batch``, ``steps``, ``lr``, ``seed``: what was
  probed,
- ``healthy``: whether all verdicts are healthy,
- ``band``: the least and the largest healthy size of a gradient,
- ``propagations``: for each kind of first weights ``init``, its label, ``verdict``
  (``word``, ``reason``, ``remedies``), ``first_infinite`` and ``first_nan`` (paths of
  the first layers whose output has such values, or null) and ``rows`` in the order of
  computation, each with ``path``, ``layer``, ``shape`` and

  - ``output``, ``grad_output`` and ``grad_params`` (null without parameters): ``mean``,
    ``std``, ``norm``, ``rms``, and the counts ``infinite`` and ``nan``,
  - ``idle``: null, or ``kind`` (dead or saturated) and ``share``,
  - ``jacobian``: null, or ``largest``, ``smallest`` and ``resolution``,
  - ``update``: null, or the share of a layer's parameters by which a step changes them.

Numbers that JSON lacks are the texts ``"Infinity"``, ``"-Infinity"`` and ``"NaN"``.
Fields may be added within a version, never renamed, removed or given another meaning.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from netspec.declare.rules import Json
from netspec.signals._diagnosis import BAND
from netspec.signals._results import Propagation, Results

SCHEMA = 1


def to_json(report: Results) -> str:
    """Return the document of a report as text, ending in a line break."""
    found = report.propagations.values()
    document = {
        "schema": SCHEMA,
        "spec": report.spec,
        "backend": report.backend,
        "dtype": report.dtype,
        "batch": report.batch,
        "steps": report.steps,
        "lr": report.lr,
        "seed": report.seed,
        "healthy": report.healthy,
        "band": BAND,
        "propagations": [_propagation(propagation) for propagation in found],
    }
    return json.dumps(_spell(document), indent=1, allow_nan=False) + "\n"


def _propagation(found: Propagation) -> dict[str, Json]:
    firsts = {"first_infinite": found.first_infinite, "first_nan": found.first_nan}
    return asdict(found) | firsts


def _spell(value: Json) -> Json:
    """Replace numbers that JSON lacks by texts."""
    if isinstance(value, dict):
        return {key: _spell(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_spell(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return value
