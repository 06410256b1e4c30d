"""Facts that a layer states about itself, apart from its fields.

Facts are attributes of the class, or properties where they depend on a field; they are
no fields, so documents and digests do not know them. Code outside this package asks a
layer for its facts and never for its class: a custom layer that states the same facts
is treated as a built-in one, in cases, in checks, in probes and in the layouts of JAX.
A class derived from another layer inherits its facts, and restates those that are no
longer true; those about axes JAX takes from the class itself alone.
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
        reads: ``"float"``; ``"int"`` for a layer that looks up indices; ``"any"`` for
            one that moves values of either kind, and gives the kind that it reads.
        pointwise: whether each value of the output comes from the value of the input at
            the same place, and from it alone.
        spatial: whether it reads (channels, *positions), and runs as well with the
            channels as the last axis.
        maps_last_axis: whether it maps the last axis and keeps the others: positions,
            not channels, behind what is spatial.
        unchanged: whether the output is the input.
        reshapes: whether the values stay as they are, in row-major order, under another
            shape: of several such layers in a row the last alone counts.
        random: whether training draws at random. A layer that does nothing else keeps
            the shape and has no parameters; others say what they are
            `Layer.without_dropout`.
        mask_axes: how many leading axes of a batch the mask of `zeroing_rate` is drawn
            along; what lies behind them is zeroed together. None: value by value.
        normalizes: whether it brings its input to a mean, a variance or a norm.
        bias_axis: the axis (the batch is 0) along which each value of its parameter
            ``bias`` shifts a whole slice of the output; None where none does.
        output_axis: the axis of its parameter ``weight`` along which its outputs lie.
        flat_at: outputs at which the derivative is 0: a unit that always gives one of
            them is dead.
        steepest: the largest derivative of a pointwise function; None if not stated.
        constants: names, as of parameters, under which a framework may keep what the
            layer makes itself, such as a table; weights that are taken are not these.
        fitting_init: name of the first weights that keep the variance before it, as
            `netspec.probe` takes them; None if not stated.
    """

    reads: ClassVar[str] = "float"
    pointwise: ClassVar[bool] = False
    spatial: ClassVar[bool] = False
    maps_last_axis: ClassVar[bool] = False
    unchanged: ClassVar[bool] = False
    reshapes: ClassVar[bool] = False
    random: ClassVar[bool] = False
    mask_axes: ClassVar[int | None] = None
    normalizes: ClassVar[bool] = False
    bias_axis: ClassVar[int | None] = None
    output_axis: ClassVar[int] = 0
    flat_at: ClassVar[tuple[float, ...]] = ()
    steepest: ClassVar[float | None] = None
    constants: ClassVar[tuple[str, ...]] = ()
    fitting_init: ClassVar[str | None] = None

    @property
    def layout(self) -> str:
        """Order of axes that the layer needs: ``"any"``, ``"spatial"`` (any with all
        positions side by side) or ``"spec"``, that of the spec, channels first.
        """
        return "any" if self.pointwise else "spatial" if self.spatial else "spec"

    @property
    def index_bound(self) -> int | None:
        """Number of indices that the layer can look up, from 0; None for no bound."""
        return None

    @property
    def zeroing_rate(self) -> float | None:
        """Probability with which training zeroes values, independently but for what
        `mask_axes` says, dividing the others by one minus it; None for layers that do
        not. A layer with a rate states `random`, too.
        """
        return None

    def least_batch(self, shape: Shape) -> int:
        """Return the smallest batch size on which the layer can be trained.

        Args:
            shape: the input shape of one example.
        """
        return 1

    def relative_slope(self, y: Array) -> Array | None:
        """Return the derivative where the output is `y`, divided by the largest
        derivative; None if the output does not determine the derivative, or if the
        derivative is never small.
        """
        return None

    def draw_state(
        self,
        held: Mapping[str, Array],
        after: Mapping[str, Array],
        random: np.random.Generator,
    ) -> Mapping[str, Array] | None:
        """Draw running statistics near those of a batch but clearly different, so that
        a test can see how evaluation uses them.

        Args:
            held: running statistics of a new model, by name.
            after: running statistics after one training step on the batch of the test.
            random: generator to draw from.

        Returns:
            The statistics by name; None to use those that the reference has after two
            training steps on other batches or, if these move nothing, near those.
        """
        return None


class ContainerFacts:
    """State what every container is, unless it says otherwise.

    Attributes:
        inline: whether its one chain is applied as if it stood in its place.
        passes: whether the output is that of the one chain that makes its result, of
            whatever kind of numbers.
        keeps_layout: whether what joins the chains works in any order of the axes, as
            long as all outputs have the same, and the input where it is joined.
        shifting_chain: index of a chain whose output, shifted, shifts the output of the
            container by the same; None where there is none.
        skips: whether a signal can pass by its layers.
    """

    inline: ClassVar[bool] = False
    passes: ClassVar[bool] = False
    keeps_layout: ClassVar[bool] = False
    shifting_chain: ClassVar[int | None] = None
    skips: ClassVar[bool] = False

    @property
    def joins_input(self) -> bool:
        """True if the input itself is joined with the outputs of the chains."""
        return False
