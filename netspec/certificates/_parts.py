"""What a certificate is made of: comparisons of a live original, and of what was
recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netspec.certificates import _recorded as records
from netspec.certificates._best import best, has_classes, outputs_of
from netspec.certificates._certificate import Best, Bits, Compared
from netspec.certificates._recorded import Recorded
from netspec.certificates._run import Found, Plan, Watch, run
from netspec.certificates._settings import (
    OWN,
    at_shape,
    check_shapes,
    settings,
    shapes_of,
)
from netspec.certificates._weights import (
    check_names,
    compared,
    digest_of,
    shared,
    unused,
)
from netspec.conformance import STEP, batch_of, check_comparison
from netspec.conformance.report import Row
from netspec.contract import Arrays, Handed, Original, handed
from netspec.layers import Shape
from netspec.spec import Spec, shape_text

SHAPES = 2  # at which an original is compared, where the spec allows it


@dataclass(frozen=True)
class Request:
    """What is to be certified.

    Attributes:
        spec: the model.
        params: its weights.
        asked: in which settings.
        targets: backends beside the original.
        watch: called with what is being done.
    """

    spec: Spec
    params: Arrays
    asked: Compared
    targets: Sequence[Handed]
    watch: Watch


@dataclass(frozen=True)
class Part:
    """What was found.

    Attributes:
        kind: what the original is.
        digest: of its arrays.
        names: of each parameter in it.
        compared: in which settings.
        rows: verdicts.
        bits: of each backend beside it.
        notes: what was not compared.
        unused: arrays of the original that no parameter was taken from.
        subject: the original in the place of a backend; None if it does not run here.
    """

    kind: str
    digest: str
    names: Mapping[str, str]
    compared: Compared
    rows: Sequence[Row]
    bits: Sequence[Bits] = ()
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    subject: Handed | None = None

    def with_rows(self, others: Sequence[Row]) -> Part:
        """Add verdicts on what was recorded."""
        return replace(self, rows=[*self.rows, *others])


def of_live(
    request: Request,
    original: Original,
    names: Mapping[str, str] | None,
    shapes: Iterable[Shape] | None,
) -> Part:
    """Compare an original that runs here, and every backend beside it."""
    spec, own = request.spec, original.weights()
    names = check_names(spec, names, own)
    subject = handed(original.subject(names))
    notes: list[str] = []
    if shapes is None:
        found = _shapes(subject, spec, notes)
    else:
        found = check_shapes(spec, shapes)
    asked = replace(request.asked, shapes=tuple(found))
    if shared(names):  # no other weights can be put into it
        asked = replace(asked, weights=(OWN,))
    ran = _run(replace(request, asked=asked), subject, request.targets)
    held = subject.params(subject.compile(spec, dtype=_dtype(own)), spec)
    weights = compared(subject.name, spec, request.params, held, names)
    return Part(
        original.kind,
        digest_of(own),
        names,
        asked,
        [*weights, *ran.rows],
        [*ran.bits],
        tuple(notes),
        tuple(unused(names, own)),
        subject,
    )


def of_recorded(
    request: Request, held: Recorded, names: Mapping[str, str] | None
) -> Part:
    """Compare what was recorded, and every backend in the modes and dtypes in which it
    was.
    """
    spec, given = request.spec, names or {}
    asked = replace(
        request.asked,
        dtypes=tuple(dict.fromkeys(dtype for dtype, _ in held.steps)),
        modes=tuple(dict.fromkeys(mode for _, mode in held.steps)),
        weights=(OWN,),
    )
    rows = [*records.judged(held, spec, request.params, given)]
    rows += _run(replace(request, asked=asked), None, request.targets).rows
    kind = f"recorded results{f' of {held.framework}' * bool(held.framework)}"
    return Part(kind, digest_of(held.arrays()), given, asked, rows)


def _run(request: Request, first: Handed | None, others: Sequence[Handed]) -> Found:
    """Refuse what does not fit into memory, before anything begins; then compare.

    Raises:
        NetspecError: it does not fit; with the numbers.
    """
    asked, spec = request.asked, request.spec
    wanted = settings(asked.shapes, asked.dtypes, asked.modes, asked.weights)
    for setting in wanted:
        model = at_shape(spec, setting.shape)
        check_comparison(model, setting.dtype, batch_of(model), STEP)
    how = wanted, asked.seed, request.watch
    return run(Plan(first, spec, request.params, others, *how))


def _shapes(subject: Handed, spec: Spec, notes: list[str]) -> list[Shape]:
    """Choose two shapes that the spec allows and the original takes."""
    found: list[Shape] = []
    refused: list[str] = []
    for shape in shapes_of(spec):
        if shape == spec.input_shape or _takes(subject, spec, shape):
            found.append(shape)
        else:
            refused.append(shape_text(shape))
        if SHAPES in (len(found), len(refused)):
            break
    found = found or [spec.input_shape]
    if refused:
        notes.append(f"the original does not take {' or '.join(refused)}")
    if spec.input_shape not in found:
        own = shape_text(spec.input_shape)
        notes.append(f"compared at smaller shapes than {own}, which the spec allows")
    if len(found) < SHAPES:
        notes.append("compared at one input shape: no other is allowed")
    return found


def _takes(subject: Handed, spec: Spec, shape: Shape) -> bool:
    model = at_shape(spec, shape)
    kind = np.int64 if spec.input_dtype == "int" else np.float32
    try:
        compiled = subject.compile(model, dtype="float32")
        subject.forward(compiled, model, np.zeros((2, *shape), kind))
    except Exception:  # of whatever kind: its code is not made for it
        return False
    return True


def chosen(
    request: Request, found: Part, inputs: Any, held: Recorded | None
) -> list[Best]:
    """Compare the likeliest classes on the user's own batch."""
    spec = request.spec
    x = records.batch_from(records.arrays_of(inputs, "inputs"), spec)
    if not has_classes(spec):
        return []
    request.watch("your batch", 1.0)
    outputs = None if held is None else held.outputs
    if found.subject is not None:
        outputs = outputs_of(found.subject, x, spec, None)
    if outputs is None:
        return []
    return [*best(outputs, x, spec, request.params, request.targets)]


def _dtype(arrays: Arrays) -> str:
    kinds = (array.dtype.name for array in arrays.values() if array.dtype.kind == "f")
    return next(kinds, "float32")
