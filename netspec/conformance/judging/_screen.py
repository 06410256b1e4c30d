"""Tell that a step passes from as few replicas as show it."""

from __future__ import annotations

from collections.abc import Mapping

from netspec.conformance.judging._case import Case
from netspec.conformance.judging._forecast import (
    replicas,
    square,
    step_in,
    tensors,
)
from netspec.conformance.judging._tolerance import (
    REPLICAS,
    UNIT_ROUNDOFF,
    Expected,
    distance,
    is_malformed,
)
from netspec.contract import Array, Numerics
from netspec.reference import Record, Replay


def passes(received: Mapping[str, Array], case: Case, numerics: Numerics) -> bool:
    """Tell whether all tensors of a step are certain to pass.

    The spread of a few replicas, as if the others had none, is at most that of all. So
    what is within it is within the tolerance, and most steps of a sound backend are
    decided by one replica or none. Where this is False, `compare` decides.

    Args:
        received: tensors that the backend returned, by name.
        case: the model, and the numbers at which it was evaluated.
        numerics: conventions that the backend declares.
    """
    record = Record()
    exact = tensors(step_in(case, numerics, record))
    if received.keys() != exact.keys():
        return False
    wanted = {name: Expected(value, 0.0, case.dtype) for name, value in exact.items()}
    if any(is_malformed(received[name], wanted[name]) for name in wanted):
        return False
    used = {name: distance(received[name], wanted[name]) for name in wanted}
    squares = dict.fromkeys(wanted, 0.0)
    for ops in replicas(UNIT_ROUNDOFF[case.dtype], REPLICAS):
        far = [name for name in wanted if not used[name] <= wanted[name].allowed]
        if not far:
            return True
        moved = tensors(step_in(case, numerics, Replay(record.made), ops))
        for name in far:
            squares[name] += square(moved[name] - exact[name])
            spread = (squares[name] / REPLICAS) ** 0.5
            wanted[name] = Expected(exact[name], spread, case.dtype)
    return all(used[name] <= wanted[name].allowed for name in wanted)
