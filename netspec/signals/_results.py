"""The results of a probe, as data: rows by depth, and a verdict, for each kind of
first weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from netspec.errors import NetspecError, shorten
from netspec.layers import Shape
from netspec.signals._idle import Idle
from netspec.signals._moments import Moments


@dataclass(frozen=True)
class SingularValues:
    """Extreme singular values of the Jacobian of the output with respect to the output
    of a layer: how much the layers after it stretch what they stretch most, and least.

    Attributes:
        largest: infinite or NaN if the Jacobian is, like the other numbers.
        smallest: of as many as the Jacobian has rows or columns, whichever are fewer.
        resolution: size of singular values that rounding alone makes; a `smallest`
            below it says no more than that it is small.
    """

    largest: float
    smallest: float
    resolution: float


@dataclass(frozen=True)
class LayerSignal:
    """Activations and gradients of one layer.

    Attributes:
        path: canonical path.
        layer: the layer, in short.
        shape: shape of the output of one example.
        output: statistics of the activations, the layer's output for the batch.
        idle: dead or saturated units; None if the layer has no such units.
        grad_output: statistics of the gradient with respect to the output.
        grad_params: statistics of the gradient with respect to all trainable parameters
            of the layer together; None if it has none.
        jacobian: singular values for the layers after it; None unless asked for.
        update: by how much one step of plain SGD would change the trainable parameters
            of the layer together, as a share of their own size: ``lr * gradient /
            weight``, each by its root mean square; None if it has none, or all are 0.
    """

    path: str
    layer: str
    shape: Shape
    output: Moments
    idle: Idle | None
    grad_output: Moments
    grad_params: Moments | None
    jacobian: SingularValues | None = None
    update: float | None = None

    def __str__(self) -> str:
        return f"{self.path} {self.layer}"


@dataclass(frozen=True)
class Diagnosis:
    """The verdict on a net, with its reason and what to change.

    Attributes:
        word: ``"healthy"``, ``"vanishing"``, ``"exploding"`` or ``"overflow"``.
        reason: what was seen, and in which layer.
        remedies: what to change, the most likely first; none if the net is healthy.
    """

    word: str
    reason: str
    remedies: tuple[str, ...] = ()

    def __str__(self) -> str:
        change = f"; {', or '.join(self.remedies)}" if self.remedies else ""
        return f"{self.word}: {self.reason}{change}"


@dataclass(frozen=True)
class Propagation:
    """The signal through a net from one kind of first weights.

    Attributes:
        init: label of the first weights.
        rows: rows of all layers in the order in which they are computed, so that a
            container comes after its content.
        verdict: what the rows mean.
    """

    init: str
    rows: tuple[LayerSignal, ...]
    verdict: Diagnosis

    @property
    def first_infinite(self) -> str | None:
        """Path of the first layer whose output has infinite values, or None."""
        return first(self.rows, lambda row: bool(row.output.infinite))

    @property
    def first_nan(self) -> str | None:
        """Path of the first layer whose output has NaN, or None."""
        return first(self.rows, lambda row: bool(row.output.nan))

    def row(self, path: str) -> LayerSignal:
        """Return the row of a layer.

        Args:
            path: canonical path of the layer.

        Raises:
            NetspecError: no layer has this path.
        """
        for row in self.rows:
            if row.path == path:
                return row
        raise NetspecError(f"no layer has the path {shorten(path)}")


def first(
    rows: Iterable[LayerSignal], fits: Callable[[LayerSignal], bool]
) -> str | None:
    """Return the path of the first row that fits; None if none does."""
    return next((row.path for row in rows if fits(row)), None)


@dataclass(frozen=True)
class Results:
    """The results of a probe.

    Attributes:
        spec: name of the model.
        backend: name of the backend that computed it.
        dtype: dtype of the computation.
        batch: number of examples.
        steps: number of training steps before the probe.
        seed: seed of all random draws.
        propagations: one for each kind of first weights, by label, in order.
        lr: learning rate of those steps, and of the update of each layer.
    """

    spec: str
    backend: str
    dtype: str
    batch: int
    steps: int
    seed: int
    propagations: Mapping[str, Propagation]
    lr: float = 0.01

    def __getitem__(self, init: str) -> Propagation:
        if init not in self.propagations:
            known = ", ".join(self.propagations)
            raise NetspecError(f"{shorten(init)} was not probed; there are: {known}")
        return self.propagations[init]

    @property
    def healthy(self) -> bool:
        """True if all verdicts are healthy."""
        verdicts = (found.verdict for found in self.propagations.values())
        return all(verdict.word == "healthy" for verdict in verdicts)

    def __str__(self) -> str:
        return "\n".join(f"{p.init}: {p.verdict}" for p in self.propagations.values())
