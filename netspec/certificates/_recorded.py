"""Results that were recorded where the original runs, and are compared here.

One ``.npz`` file has the batch as ``x`` and, for gradients, ``cotangent``; another has
what came of it: ``float32.evaluation.output``, ``float64.training.grad_input``,
``float32.training.grad.conv0_weight``, ``float32.training.state.bn0_moving_mean``. A
file with a single array has the output of evaluation. ``netspec record`` prints a
program that writes both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec._system import file_name
from netspec.certificates._judge import rows
from netspec.certificates._settings import MODES
from netspec.conformance import Case, batch_of, forecast
from netspec.conformance.judging import compare
from netspec.conformance.report import Row
from netspec.contract import Array, Arrays, Numerics, backends, part_of
from netspec.contract import backend as find
from netspec.errors import InputError, nearest, said, shorten
from netspec.spec import Spec

NAME = "recorded"
FRAMEWORK = "framework"
KINDS = ("output", "grad_input", "grad", "state")
CHUNKS = 8  # batches that are judged; all examples count for the best class


@dataclass(frozen=True)
class Recorded:
    """What was recorded.

    Attributes:
        x: the batch.
        cotangent: gradient with respect to the output; None if none was recorded.
        steps: by dtype and mode, the tensors by their names there.
        framework: that computed them; empty if it is not said.
    """

    x: Array
    cotangent: Array | None
    steps: Mapping[tuple[str, str], Mapping[str, Array]]
    framework: str = ""

    @property
    def outputs(self) -> Array | None:
        """The output of evaluation, in the widest dtype."""
        for dtype in ("float64", "float32"):
            if "output" in (step := self.steps.get((dtype, "evaluation"), {})):
                return step["output"]
        return None

    def arrays(self) -> dict[str, Array]:
        """Return all that was recorded, for a digest."""
        found = {"x": self.x}
        for key, step in self.steps.items():
            found |= {".".join((*key, name)): array for name, array in step.items()}
        return found

    @property
    def numerics(self) -> Numerics:
        """The conventions of the framework, if a backend for it is installed."""
        for name, state in backends().items():
            if state.installed and self.framework in (name, state.requirement):
                held: Numerics = getattr(find(name), "numerics", Numerics())
                return held
        return Numerics()


def recorded(inputs: Any, outputs: Any, spec: Spec) -> Recorded:
    """Read what was recorded.

    Args:
        inputs: a batch, or arrays by name, or a file of such.
        outputs: outputs of evaluation for it, or arrays by name, or a file of such.
        spec: the model.

    Raises:
        InputError: they do not fit each other, or the spec; with what to do.
    """
    given, found = arrays_of(inputs, "inputs"), arrays_of(outputs, "outputs")
    x = batch_from(given, spec)
    framework, cotangent = str(found.pop(FRAMEWORK, "")), given.get("cotangent")
    steps: dict[tuple[str, str], dict[str, Array]] = {}
    for name, array in _keyed(found).items():
        dtype, mode, kind = _parsed(name)
        steps.setdefault((dtype, mode), {})[kind] = _fitting(array, kind, x, spec)
    passed_back = any(n.startswith("grad") for step in steps.values() for n in step)
    seen = None if cotangent is None else cotangent.shape
    if passed_back and seen != (len(x), *spec.output_shape):
        raise InputError(
            "inputs: gradients need the cotangent of the output, of shape"
            f" {(len(x), *spec.output_shape)}; write it as netspec record does"
        )
    return Recorded(x, cotangent, steps, framework)


def _keyed(found: Mapping[str, Array]) -> dict[str, Array]:
    if len(found) != 1:
        return dict(found)
    ((name, array),) = found.items()
    if "." in name:
        return {name: array}
    return {f"{array.dtype.name}.evaluation.output": array}


def _parsed(name: str) -> tuple[str, str, str]:
    dtype, _, rest = name.partition(".")
    mode, _, tensor = rest.partition(".")
    kind, _, what = tensor.partition(".")
    known = dtype in ("float32", "float64") and mode in MODES and kind in KINDS
    if not known or bool(what) != (kind in ("grad", "state")):
        raise InputError(
            f"outputs: {shorten(name)} is no name of a result, such as"
            " 'float32.evaluation.output'; write them as netspec record does"
        )
    return dtype, mode, f"{kind} {what}" if what else kind


def _fitting(array: Array, kind: str, x: Array, spec: Spec) -> Array:
    shapes = {"output": (len(x), *spec.output_shape), "grad_input": x.shape}
    wanted = shapes.get(kind, array.shape)
    if array.shape != wanted:
        raise InputError(
            f"outputs: {kind} has shape {array.shape}, not {wanted}; record it with"
            " this batch, and all of it"
        )
    return array


def batch_from(given: Mapping[str, Array], spec: Spec) -> Array:
    """Choose the batch of a file of inputs.

    Raises:
        InputError: there is none, or it does not fit the spec.
    """
    name = "x" if "x" in given else next(iter(given), "")
    x = np.asarray(given.get(name, ()))
    kinds = "iu" if spec.input_dtype == "int" else "f"
    if x.ndim and x.shape[1:] == spec.input_shape and len(x) and x.dtype.kind in kinds:
        return x
    numbers = "indices" if kinds == "iu" else "float32 or float64"
    raise InputError(
        f"inputs: {name or 'nothing'} has shape {x.shape} of {x.dtype}, not (batch,"
        f" {', '.join(map(str, spec.input_shape))}) of {numbers}"
    )


def arrays_of(given: Any, what: str) -> dict[str, Array]:
    """Read arrays by name: one alone, several, or those of a file.

    Raises:
        InputError: it is none of these, or the file is damaged.
    """
    if isinstance(given, np.ndarray):
        return {"x" if what == "inputs" else "output": given}
    if isinstance(given, Mapping):
        return {str(name): np.asarray(array) for name, array in given.items()}
    if not isinstance(given, str | os.PathLike):
        raise InputError(
            f"{what} must be an array, arrays by name, or a file of NumPy's, .npz or"
            f" .npy, received {shorten(given)}"
        )
    name = file_name(given, InputError)
    try:
        held = np.load(name, allow_pickle=False)
        if isinstance(held, np.ndarray):
            return arrays_of(held, what)
        with held:
            return {key: held[key] for key in held.files}
    except OSError as error:
        reason = error.strerror or said(error)
        raise InputError(f"{name}: cannot be read: {reason}") from None
    except Exception as error:  # of NumPy, of zipfile, of what unpacks
        raise InputError(
            f"{name}: is no whole file of NumPy's: {said(error)}; write it by"
            " numpy.savez"
        ) from None


def judged(
    held: Recorded, spec: Spec, params: Arrays, names: Mapping[str, str]
) -> Iterator[Row]:
    """Yield the verdicts on what was recorded.

    Raises:
        InputError: it has a name that is none of the original's.
    """
    title = f"recorded batch of {len(held.x)}"
    for (dtype, mode), step in held.steps.items():
        place = NAME, title, dtype
        found = _by_path(step, spec, names)
        for case, received in _cases(held, spec, params, found, dtype, mode):
            expected = forecast(case, numerics := held.numerics.on(case.spec))
            wanted = {n: expected.tensors[n] for n in received}
            verdicts = compare(
                received, case, numerics, type(expected)(wanted, expected.kinks)
            ).verdicts
            yield from rows(place, mode, verdicts)


def _cases(
    held: Recorded,
    spec: Spec,
    params: Arrays,
    found: Mapping[str, Array],
    dtype: str,
    mode: str,
) -> Iterator[tuple[Case, dict[str, Array]]]:
    """Cut evaluation into batches that the reference takes; a step is one."""
    train = MODES[mode]
    model = spec.without_dropout() if train else spec
    own = {path: np.asarray(array, dtype) for path, array in params.items()}
    x = held.x.astype(dtype) if held.x.dtype.kind == "f" else held.x
    if train or found.keys() != {"output"}:
        seen = (
            np.zeros((len(x), *spec.output_shape)) if held.cotangent is None else None
        )
        cotangent = np.asarray(held.cotangent if seen is None else seen, dtype)
        yield Case(model, own, x, cotangent, train, dtype), dict(found)
        return
    size = batch_of(spec)
    for start in range(0, min(len(x), CHUNKS * size), size):
        part = slice(start, start + size)
        zeros = np.zeros((len(x[part]), *spec.output_shape), dtype)
        case = Case(model, own, x[part], zeros, False, dtype)
        yield case, {"output": found["output"][part]}


def _by_path(
    step: Mapping[str, Array], spec: Spec, names: Mapping[str, str]
) -> dict[str, Array]:
    """Give gradients and statistics the names and shapes of the spec."""
    found: dict[str, Array] = {}
    for tensor, array in step.items():
        kind, _, name = tensor.partition(" ")
        if not name:
            found[tensor] = array
            continue
        paths = [p for p, origin in names.items() if part_of(origin).name == name]
        for path in paths:
            part, shape = part_of(names[path]), spec.parameters()[path].shape
            found[f"{kind} {path}"] = np.reshape(part.of(array), shape)
        if not paths and names and kind == "state":
            known = (part_of(origin).name for origin in names.values())
            raise InputError(
                f"outputs: {shorten(name)} is no array of the original"
                f"{nearest(name, known)}"
            )
    return found
