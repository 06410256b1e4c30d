"""Certify that a spec with weights is the model that somebody trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from netspec.certificates._certificate import Certificate, Compared, Lost
from netspec.certificates._issued import issued
from netspec.certificates._originals import original_of
from netspec.certificates._parts import Request, chosen, of_live, of_recorded
from netspec.certificates._recorded import recorded
from netspec.certificates._run import Watch
from netspec.certificates._settings import DRAWN, MODES, OWN
from netspec.conformance import find_all, list_dtypes
from netspec.contract import Arrays, Backend, Handed, handed
from netspec.errors import InputError, NetspecError, SpecError, shorten
from netspec.layers import Shape
from netspec.spec import Spec, check_params, check_seed

REFERENCE = "numpy"  # ours: what everything is compared with
Chosen = str | Backend | Iterable[str | Backend] | None


def _nothing(doing: str, share: float) -> None:
    """Say nothing."""


def certify(
    original: Any,
    spec: Spec,
    params: Arrays,
    names: Mapping[str, str] | None = None,
    *,
    inputs: Any = None,
    outputs: Any = None,
    backends: Chosen = None,
    dtypes: str | Iterable[str] = ("float64", "float32"),
    modes: str | Iterable[str] = tuple(MODES),
    shapes: Iterable[Shape] | None = None,
    notes: Iterable[str] = (),
    training_only: Iterable[str] = (),
    seed: int = 0,
    watch: Watch = _nothing,
) -> Certificate:
    """Compare a model that somebody trained with the spec and the weights that were
    made of it.

    The original is one more backend of the comparison: its own outputs, gradients and
    running statistics, through the map of names, against the float64 reference of the
    spec; in evaluation and training, with its own weights and with drawn ones, at two
    input shapes where the spec allows it. Every backend stands beside it.

    Args:
        original: a module of PyTorch, a block of Gluon, or the two files of a model of
            MXNet; None where it does not run here, and results were recorded.
        spec: the model.
        params: its weights by canonical path, all float32 or all float64.
        names: of each parameter in the original, as `Imported.names`; found if None.
        inputs: a batch of your own, an array or a file of NumPy's.
        outputs: what the original gave for it, where that was recorded.
        backends: names or objects; all that are installed if None, and then those that
            refuse the model are listed.
        dtypes: ``"float64"``, ``"float32"``.
        modes: ``"evaluation"``, ``"training"``.
        shapes: of one example, at which to compare; those that the spec allows if None.
        notes: what is to be said of the import, as `Imported.notes`.
        training_only: what only training has, as `Imported.training_only`; where there
            is any, evaluation alone is compared.
        seed: of all draws.
        watch: called with what is being done, and the share of all that is done.

    Raises:
        InputError: the original is none that can be run, or recorded results do not
            fit.
        NetspecError: an argument names nothing, or a comparison does not fit into the
            memory of this machine; nothing has begun then.
        ParameterError: the weights or the names do not fit.
    """
    if not isinstance(spec, Spec):
        raise SpecError(f"spec must be a Spec, received {shorten(spec)}")
    check_params(spec, params)
    if original is None and (inputs is None or outputs is None):
        raise InputError(
            "original is None; then give inputs and outputs, as netspec record writes"
        )
    only = tuple(training_only)
    asked = Compared(
        (spec.input_shape,),
        tuple(list_dtypes(dtypes)),
        _modes(modes, only),
        (OWN, DRAWN) if spec.parameters() else (OWN,),
        check_seed(seed),
    )
    request = Request(spec, params, asked, _targets(backends), watch)
    held = None if outputs is None else recorded(inputs, outputs, spec)
    found = None if held is None else of_recorded(request, held, names)
    if original is not None:
        live = of_live(request, original_of(original), names, shapes)
        found = live if found is None else live.with_rows(found.rows)
    assert found is not None
    best = [] if inputs is None else chosen(request, found, inputs, held)
    lost = Lost((*notes, *found.notes), found.unused, only)
    return issued(request, found, best, lost, named=backends is not None)


def _modes(modes: str | Iterable[str], training_only: Sequence[str]) -> tuple[str, ...]:
    listed = [modes] if isinstance(modes, str) else [*modes]
    for mode in listed:
        if mode not in MODES:
            raise NetspecError(
                f"modes are 'evaluation' and 'training', received {shorten(mode)}"
            )
    found = [m for m in listed if not (training_only and m == "training")]
    if not found:
        raise NetspecError("modes: give 'evaluation', which can be compared")
    return tuple(found)


def _targets(chosen: Chosen) -> list[Handed]:
    if isinstance(chosen, Iterable) and not isinstance(chosen, str):
        chosen = [*chosen]
        if not chosen:
            return []
    found = [handed(one) for one in find_all(chosen)]
    return [one for one in found if chosen is not None or one.name != REFERENCE]
