"""Base classes of layers, which have fields, an output shape and parameters.

Shapes are those of one example, without the batch axis, channels first. Axes count the
batch as axis 0, as every framework does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

from netspec.declare import (
    Declared,
    Field,
    FrozenDict,
    Parameter,
    Registry,
    declare,
    fields_of,
)
from netspec.declare.rules import DOTTED, NAME, Rule, Unfit, optional
from netspec.errors import Path, SpecError, shorten
from netspec.init import INITIALIZER, Initializer
from netspec.layers._facts import Array, ContainerFacts, Facts, Shape
from netspec.layers._foreign import of_call, of_field, of_layer

LAYERS: Registry[Layer] = Registry("layer", of_layer)

L = TypeVar("L", bound="Layer")


def _parse_init(value: object) -> FrozenDict[str, Initializer]:
    if not isinstance(value, Mapping):
        raise Unfit
    return FrozenDict({DOTTED.parse(k): INITIALIZER.parse(v) for k, v in value.items()})


def _decode_init(document: Any) -> object:
    if not isinstance(document, Mapping):
        return document
    return {name: INITIALIZER.decode(value) for name, value in document.items()}


INIT: Rule[Mapping[str, Initializer], FrozenDict[str, Initializer]] = Rule(
    "a mapping from parameter names to initializers",
    _parse_init,
    {"type": "object", "additionalProperties": INITIALIZER.schema},
    lambda inits: {name: INITIALIZER.encode(value) for name, value in inits.items()},
    _decode_init,
)


@declare
class Layer(Facts, Declared):
    """Base of every layer.

    A custom layer is a frozen class made with `layer` that defines `output_shape`
    and, where it has any, `parameters`; it then works in YAML, in parameter counts
    and in initialization, and in each backend that is given a lowering for it.

    Attributes:
        name: the path component of this layer; its index among its siblings if None.
    """

    trailing: ClassVar[tuple[str, ...]] = ("name", "init")

    _: KW_ONLY
    name: Field[str | None, str | None] = Field(optional(NAME), default=None)

    @classmethod
    def meaning_of(cls, name: object) -> str:
        return of_field(name, fields_of(cls))

    @classmethod
    def meaning_of_call(cls) -> str:
        return of_call(cls.__name__)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of one output example.

        Raises:
            SpecError: the layer cannot take an input of this shape.
        """
        raise NotImplementedError(f"{type(self).__name__}.output_shape")

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        """Return the enabled parameters by name, for an input of this shape."""
        return {}

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        """Make a layer of the same class whose weight is a matrix of about `rows` by
        `columns`, or whose bias has `rows` values, so that its first weights can be
        tested.

        Args:
            rows: size of the output.
            columns: number of inputs to each output.
            window: sizes of the kernel, of which the layer takes as many as it has
                spatial axes.

        Returns:
            The input shape of the layer, and the layer; None if the class has no such
            weight.
        """
        return None

    def as_affine(self, params: Mapping[str, Array]) -> tuple[Array, Array] | None:
        """Return what evaluation does to each slice along `bias_axis`, as the scale and
        the shift of ``scale * x + shift``; None if it does something else.

        Args:
            params: own parameters and running statistics by name, float64.
        """
        return None

    def without_dropout(self) -> Layer | None:
        """Return the layer without what it draws at random in training; None if it does
        nothing else, so that `Identity` takes its place.
        """
        return None

    def shows_dropout(self) -> ShownDropout | None:
        """Return how dropout inside the layer can be seen; None where there is none, or
        where the layer does nothing else, as `zeroing_rate` says.
        """
        return None

    def initializer(self, parameter: str) -> Initializer | None:
        """Return the initializer that this layer sets for a parameter, which overrides
        the policy; None if it sets none.
        """
        return None


class ShownDropout(NamedTuple):
    """Numbers with which the output of a layer shows the values inside it that dropout
    zeroes.

    Attributes:
        rate: probability with which each of them is zeroed.
        layer: of the same class and options, with sizes that suit.
        input_shape: of one example.
        params: by name.
        x: one example, which is the cotangent, too.
        values: from outputs, batch axis first, to the values that are seen in them, in
            the shape of the mask.
        kept: along the last axes of the mask, where no value is 0 in evaluation.
    """

    rate: float
    layer: Layer
    input_shape: Shape
    params: Mapping[str, Array]
    x: Array
    values: Callable[[Array], Array]
    kept: Array


@declare
class Parametric(Layer):
    """Base of layers with parameters.

    Attributes:
        init: initializers by parameter name, overriding the policy of the spec.
    """

    _: KW_ONLY
    init: Field[Mapping[str, Initializer], FrozenDict[str, Initializer]] = Field(
        INIT, default=FrozenDict()
    )

    def initializer(self, parameter: str) -> Initializer | None:
        return self.init.get(parameter)


INPUT = "input"  # what a container reads, among the keys of its chains


@dataclass(frozen=True)
class Chain:
    """Layers applied one after another inside a container.

    Attributes:
        key: path component of the chain; None where its layers sit in the container
            itself.
        where: where the layers stand in the container's document.
        layers: the layers in order.
        reads: keys of the chains before it whose outputs it reads; ``"input"`` is what
            the container reads.
        merge: how several of them become one input, as in `Parallel`; not used if it
            reads one.
        axis: of the merge, as in `Parallel`.
    """

    key: str | None
    where: Path
    layers: tuple[Layer, ...]
    reads: tuple[str, ...] = (INPUT,)
    merge: str | None = None
    axis: int = 1


@declare
class Container(ContainerFacts, Layer):
    """Base of layers made of layers: chains, each of which says what it reads, and the
    outputs of which make the result.
    """

    def chains(self) -> tuple[Chain, ...]:
        """Return the chains, in the order in which their parameters are listed; each
        reads the container's input, or the outputs of chains before it.
        """
        raise NotImplementedError(f"{type(self).__name__}.chains")

    def joined(self) -> tuple[str | None, ...]:
        """Return the keys of the chains that make the result: all unless overridden."""
        return tuple(chain.key for chain in self.chains())

    def join(self, shape: Shape, outputs: Sequence[Shape]) -> Shape:
        """Return the output shape, from the input shape and the output shape of each
        chain in `joined`.

        Raises:
            SpecError: the outputs of the chains do not fit together.
        """
        if self.passes:
            return outputs[0]
        raise NotImplementedError(f"{type(self).__name__}.join")


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def layer(kind: type[L]) -> type[L]:
    """Make a class a frozen layer and register its name for JSON and YAML.

    Raises:
        SpecError: another class already registered this name.
    """
    LAYERS.add(declare(kind))
    return kind


def need_rank(shape: Shape, rank: int, axes: str) -> None:
    """Refuse inputs that do not have `rank` axes.

    Args:
        shape: the input shape of one example.
        rank: the number of axes that it must have.
        axes: names of these axes, for the error.

    Raises:
        SpecError: the input has another number of axes.
    """
    if len(shape) != rank:
        raise SpecError(
            f"needs inputs of shape ({axes}), received {shape}; change the layers"
            " before it or add a Reshape"
        )


def resolve_axes(axes: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """Return the indices into `shape` of axes that count the batch as 0.

    Raises:
        SpecError: a batch of this shape has no such axis, or one is given twice.
    """
    found = tuple(resolve_axis(axis, shape) for axis in axes)
    if len(set(found)) < len(found):
        raise SpecError(
            f"axes {shorten(axes)} name one axis of a batch of shape"
            f" {('batch', *shape)} twice; give each once"
        )
    return found


def resolve_axis(axis: int, shape: Shape) -> int:
    """Return the index into `shape` of an axis that counts the batch as 0.

    Raises:
        SpecError: a batch of this shape has no such axis.
    """
    rank = len(shape) + 1
    if not -rank < axis < rank:
        raise SpecError(
            f"axis {axis} does not exist in a batch of shape {('batch', *shape)};"
            f" use 1 to {rank - 1}, or {1 - rank} to -1"
        )
    return axis % rank - 1
