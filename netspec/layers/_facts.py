"""What a layer states about itself, beside its fields: all that anyone else asks.

Facts are attributes of the class, or properties where they depend on a field; they are
no fields, so documents and digests do not know them. Nobody outside this room asks a
layer for its class: a layer of your own that states the same facts is treated as ours
are, in cases, in checks, in probes and in the layouts of JAX. A class that derives from
another layer inherits its facts; it states anew those that are no longer true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Shape = tuple[int, ...]


class Facts:
    """State what every layer is, unless it says otherwise.

    Attributes:
        reads: ``"float"``, or ``"int"`` for a layer that looks up indices.
        pointwise: whether each value of the output comes from the value of the input at
            the same place, and from it alone.
        spatial: whether it reads (channels, *positions), and runs as well with the
            channels as the last axis.
        unchanged: whether the output is the input.
        random: whether training draws at random; `Spec.without_dropout` replaces such a
            layer with `Identity`, so it keeps the shape and has no parameters.
        normalizes: whether it brings its input to a mean, a variance or a norm.
        bias_axis: the axis (the batch is 0) along which each value of its parameter
            ``bias`` shifts a whole slice of the output; None where none does.
        flat_at: outputs at which the derivative is 0: a unit that always gives one of
            them is dead.
        steepest: the largest derivative of a pointwise function; None if not stated.
        fitting_init: name of the first weights that keep the variance before it, as
            `netspec.probe` takes them; None if not stated.
    """

    reads: ClassVar[str] = "float"
    pointwise: ClassVar[bool] = False
    spatial: ClassVar[bool] = False
    unchanged: ClassVar[bool] = False
    random: ClassVar[bool] = False
    normalizes: ClassVar[bool] = False
    bias_axis: ClassVar[int | None] = None
    flat_at: ClassVar[tuple[float, ...]] = ()
    steepest: ClassVar[float | None] = None
    fitting_init: ClassVar[str | None] = None

    @property
    def layout(self) -> str:
        """Say which order of axes it needs: ``"any"``, ``"spatial"`` (any in which the
        positions stand together) or ``"spec"``, that of the spec, channels first.
        """
        return "any" if self.pointwise else "spatial" if self.spatial else "spec"

    @property
    def index_bound(self) -> int | None:
        """Give the number above all indices that it can look up; None if any."""
        return None

    @property
    def zeroing_rate(self) -> float | None:
        """Give the probability with which training zeroes each value by itself and
        divides the others by what is left; None for a layer that does no such thing.
        What does states `random`, too.
        """
        return None

    def least_batch(self, shape: Shape) -> int:
        """Give the smallest batch of examples of a shape on which it can be trained."""
        return 1

    def relative_slope(self, y: Array) -> Array | None:
        """Give the derivative where the output is `y`, over the largest derivative;
        None where it is not told from the output, or never small.
        """
        return None

    def draw_state(
        self,
        held: Mapping[str, Array],
        after: Mapping[str, Array],
        random: np.random.Generator,
    ) -> Mapping[str, Array] | None:
        """Draw running statistics at which a test can see what evaluation does with
        them: near those of a batch, yet clearly off.

        Args:
            held: running statistics by name, as a new model has them.
            after: the same after one training step on the batch of the test.
            random: to draw from.

        Returns:
            The statistics by name; None for what the reference has after two training
            steps on other batches, or, where these move nothing, near what it has.
        """
        return None


class ContainerFacts:
    """State what every container is, unless it says otherwise.

    Attributes:
        inline: whether its one chain is applied as if it stood in its place.
        keeps_layout: whether what joins the chains works in any order of the axes, as
            long as all outputs have the same, and the input where it is joined.
        shifting_chain: index of a chain whose output, shifted, shifts the output of the
            container by the same; None where there is none.
        skips: whether a signal can pass by its layers.
    """

    inline: ClassVar[bool] = False
    keeps_layout: ClassVar[bool] = False
    shifting_chain: ClassVar[int | None] = None
    skips: ClassVar[bool] = False

    @property
    def joins_input(self) -> bool:
        """Say whether the input itself is joined with what the chains make of it."""
        return False
