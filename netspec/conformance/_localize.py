"""Find the layer at which a net begins to diverge from the reference.

Forward, this is the layer with which a beginning of the net is too far from the
reference, while the beginning without it is close. Backward, the same holds for ends of
the net, which read what the reference computes before them. A container in which the
divergence lies is searched in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netspec.conformance._reproduce import script
from netspec.conformance._subject import Subject
from netspec.conformance._subnets import part
from netspec.conformance.checks import ALONE, MODES
from netspec.conformance.judging import (
    Case,
    Verdict,
    activations,
    agree,
    decided,
    lacks,
    raised,
)
from netspec.conformance.report import Localization, Row
from netspec.contract import Array, Backend, has_dtype
from netspec.layers import INPUT
from netspec.reference import gathered
from netspec.spec import Placed, join_path, label, with_tied

Part = Callable[[Case, int], Case]
Judge = Callable[[Case], Verdict]

CHECK = "check "  # what stands before the name of one


@dataclass(frozen=True)
class Suspect:
    """The layer at which a net begins to diverge.

    Attributes:
        direction: ``"forward"`` or ``"backward"``.
        path: canonical path of the layer.
        layer: the layer, in short.
        before: the verdict without the layer, in this direction; None if it is the
            first.
        here: the verdict with the layer.
    """

    direction: str
    path: str
    layer: str
    before: Verdict | None
    here: Verdict

    def __str__(self) -> str:
        before = f", {self.before.ratio:.3g} before it" if self.before else ""
        reason = f" ({self.here.reason})" if np.isinf(self.here.used) else ""
        return (
            f"{self.direction}: diverges at {self.path} {self.layer}, used/allowed"
            f" {self.here.ratio:.3g}{reason}{before}"
        )


def modes_that_fail(rows: Iterable[Row]) -> Iterator[str]:
    """Yield what fails in each row that does: of a step the mode, evaluation or
    training; else the check, as in ``"check source"``.
    """
    for row in rows:
        mode = row.what.partition(":")[0]
        if row.verdict.status == "fail":
            yield mode if row.check in ALONE and mode in MODES else CHECK + row.check


def localize(subject: Subject, mode: str) -> Localization:
    """Find where a failing subject begins to diverge; write a script that shows it.

    Args:
        subject: what failed.
        mode: one that `modes_that_fail` gave.
    """
    place = subject.backend.name, subject.spec.name, subject.dtype
    if mode in MODES:
        suspects = tuple(_suspects(subject, MODES[mode]))
        return Localization(*place, mode, suspects, script(subject, mode))
    check = mode.removeprefix(CHECK)
    return Localization(*place, "", (), script(subject, check=check), check)


def _suspects(subject: Subject, train: bool) -> Iterator[str]:
    """Name the layers at which a subject diverges, or say why there is no case."""
    try:
        case = subject.case(train)
    except Exception as error:  # of the reference of a user's layer
        yield f"the reference: {raised(error).reason}"
    else:
        yield from map(str, locate(subject.backend, case, subject.device))


def locate(backend: Backend, case: Case, device: str | None = None) -> list[Suspect]:
    """Find the layers at which a net begins to diverge, forward and backward.

    Args:
        backend: the backend under test.
        case: a net without dropout, in training, and the numbers at which it is
            evaluated.
        device: where the backend runs; None for its own choice.

    Returns:
        One suspect for each direction in which the net is too far from the reference.
    """
    found = [_search("forward", _beginning, _worst(backend, "output", device), case)]
    if "gradients" not in lacks(backend):
        worst = _worst(backend, "grad", device)
        found.append(_search("backward", _end, worst, case))
    return [suspect for suspect in found if suspect]


def _worst(backend: Backend, kind: str, device: str | None) -> Judge:
    """Return a function that gives the worst verdict on the tensors of a kind.

    A backend that raises has failed.
    """

    def judge(case: Case) -> Verdict:
        if not has_dtype(case.spec):
            return decided(True, "")  # nothing that could be compared
        try:
            verdicts = agree(backend, case, device).verdicts
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too
            return raised(error)
        wanted = [v for name, v in verdicts.items() if name.startswith(kind)]
        return max(wanted, key=lambda verdict: (not verdict.good, verdict.ratio))

    return judge


def _search(direction: str, take: Part, judge: Judge, case: Case) -> Suspect | None:
    """Bisect for the layer with which a part of the net is far, but not without it."""
    nodes = case.spec.graph.nodes
    verdicts: dict[int, Verdict] = {len(nodes): judge(case)}
    whole = sum(node.output_kind == "int" for node in nodes)  # nothing to compare yet
    close, far = whole if take is _beginning else 0, len(nodes)
    if verdicts[far].status != "fail":
        return None
    while far - close > 1:
        middle = (close + far) // 2
        verdicts[middle] = judge(take(case, middle))
        fails = verdicts[middle].status == "fail"
        close, far = (close, middle) if fails else (middle, far)
    node = nodes[far - 1] if take is _beginning else nodes[-far]
    for within, inner in _content(case, node):
        suspect = _search(direction, take, judge, inner)
        if suspect:
            return replace(suspect, path=f"{within}.{suspect.path}")
    name, before = label(node.layer), verdicts.get(close)
    return Suspect(direction, node.path, name, before, verdicts[far])


def _beginning(case: Case, count: int) -> Case:
    """Return the case of the first layers, with a random cotangent."""
    nodes = case.spec.graph.nodes[:count]
    return _part(case, nodes, case.x, _cotangent(case, nodes))


def _end(case: Case, count: int) -> Case:
    """Return the case of the last layers, on what the reference has before them."""
    nodes = case.spec.graph.nodes
    before = activations(case)[nodes[-count - 1].path]
    return _part(case, nodes[-count:], before, case.cotangent)


def _content(case: Case, node: Placed) -> list[tuple[str, Case]]:
    """Return a case for each chain of a container, with its canonical path."""
    nodes = case.spec.graph.nodes
    index = nodes.index(node)
    seen = activations(case)
    x = seen[nodes[index - 1].path] if index else case.x
    values: dict[str | None, Array] = {INPUT: x}
    found = []
    for branch in node.branches:
        inner, read = branch.nodes, gathered(branch, values)
        values[branch.key] = seen[inner[-1].path]
        if branch.output.kind == "float":
            path = join_path(node.path, branch.key)
            found.append((path, _part(case, inner, read, _cotangent(case, inner))))
    return found


def _part(case: Case, nodes: Sequence[Placed], x: Array, cotangent: Array) -> Case:
    """Return a case for neighboring layers of a net; its paths begin with them. What is
    tied there has a parameter of its own here.
    """
    spec = part(case.spec.name, case.spec, nodes)
    held = with_tied(case.params, case.spec.ties)
    params = {
        inner.path + path.removeprefix(node.path): value
        for node, inner in zip(nodes, spec.graph.nodes, strict=True)
        for path, value in held.items()
        if path.startswith(f"{node.path}.")
    }
    x = x.astype(case.dtype) if spec.input_dtype == "float" else x
    return replace(case, spec=spec, params=params, x=x, cotangent=cotangent)


def _cotangent(case: Case, nodes: Sequence[Placed]) -> Array:
    shape = (len(case.x), *nodes[-1].output_shape)
    return np.random.default_rng(0).normal(size=shape).astype(case.dtype)
