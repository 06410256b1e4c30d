"""The results of a probe, as data: rows by depth, and a verdict, for each kind of
first weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from netspec.errors import NetspecError
from netspec.layers import Shape
from netspec.signals._idle import Idle
from netspec.signals._moments import Moments


@dataclass(frozen=True)
class SingularValues:
    """Of the Jacobian of the output with respect to the output of a layer: how much
    the layers after it stretch what they stretch most, and least.

    Attributes:
        largest: infinite or NaN where the Jacobian is, like the others.
        smallest: of as many as the Jacobian has rows or columns, whichever are fewer.
        resolution: rounding alone makes singular values of this size; a smaller
            `smallest` says no more than that it is.
    """

    largest: float
    smallest: float
    resolution: float


@dataclass(frozen=True)
class LayerSignal:
    """A layer.

    Attributes:
        path: canonical path.
        layer: the layer, in short.
        shape: of the output of one example.
        output: of the activations, its output for the batch.
        idle: its dead or saturated units; None where it is no such activation.
        grad_output: of the gradient with respect to the output.
        grad_params: of the gradient with respect to all its trainable parameters
            together; None where it has none.
        jacobian: of the layers after it; None unless asked for.
    """

    path: str
    layer: str
    shape: Shape
    output: Moments
    idle: Idle | None
    grad_output: Moments
    grad_params: Moments | None
    jacobian: SingularValues | None = None

    def __str__(self) -> str:
        return f"{self.path} {self.layer}"


@dataclass(frozen=True)
class Diagnosis:
    """What the rows mean.

    Attributes:
        word: ``"healthy"``, ``"vanishing"``, ``"exploding"`` or ``"overflow"``.
        reason: what was seen, and where.
        remedies: what to change, the most likely first; none where it is healthy.
    """

    word: str
    reason: str
    remedies: tuple[str, ...] = ()

    def __str__(self) -> str:
        change = f"; {', or '.join(self.remedies)}" if self.remedies else ""
        return f"{self.word}: {self.reason}{change}"


@dataclass(frozen=True)
class Propagation:
    """How the signal goes through the net from one kind of first weights.

    Attributes:
        init: its label.
        rows: of all layers in the order in which they are computed, so that a
            container comes after its content.
        verdict: what they mean.
    """

    init: str
    rows: tuple[LayerSignal, ...]
    verdict: Diagnosis

    @property
    def first_infinite(self) -> str | None:
        """The path of the first layer whose output has infinite values."""
        return first(self.rows, lambda row: bool(row.output.infinite))

    @property
    def first_nan(self) -> str | None:
        """The path of the first layer whose output has NaN."""
        return first(self.rows, lambda row: bool(row.output.nan))

    def row(self, path: str) -> LayerSignal:
        """The row of a layer.

        Raises:
            NetspecError: no layer has this path.
        """
        for row in self.rows:
            if row.path == path:
                return row
        raise NetspecError(f"no layer has the path {path!r}")


def first(
    rows: Iterable[LayerSignal], fits: Callable[[LayerSignal], bool]
) -> str | None:
    """The path of the first row that fits."""
    return next((row.path for row in rows if fits(row)), None)


@dataclass(frozen=True)
class Results:
    """What a probe found.

    Attributes:
        spec: the name of the model.
        backend: what computed it.
        dtype: of the computation.
        batch: number of examples.
        steps: of training before the probe.
        seed: of everything that was drawn.
        propagations: one for each kind of first weights, by label, in order.
    """

    spec: str
    backend: str
    dtype: str
    batch: int
    steps: int
    seed: int
    propagations: Mapping[str, Propagation]

    def __getitem__(self, init: str) -> Propagation:
        if init not in self.propagations:
            known = ", ".join(self.propagations)
            raise NetspecError(f"{init!r} was not probed; there are: {known}")
        return self.propagations[init]

    @property
    def healthy(self) -> bool:
        """Whether all verdicts are."""
        verdicts = (found.verdict for found in self.propagations.values())
        return all(verdict.word == "healthy" for verdict in verdicts)

    def __str__(self) -> str:
        return "\n".join(f"{p.init}: {p.verdict}" for p in self.propagations.values())
