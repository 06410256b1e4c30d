"""The spec: a model as data."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from netspec.declare import (
    Declared,
    Field,
    FrozenDict,
    declare,
    decode,
    encode,
    expect_mapping,
)
from netspec.declare.rules import COUNT, TITLE, choice, sequence
from netspec.errors import SpecError, nearest, shorten
from netspec.init import POLICY, DrawnParameter, InitPolicy
from netspec.layers import CHAIN, Chain, Layer, Shape
from netspec.spec import documents
from netspec.spec._count import check_count
from netspec.spec._foreign_files import is_symbol
from netspec.spec._inference import infer
from netspec.spec._placed import PlacedChain, Signal, join_path
from netspec.spec._rewrite import map_layers, without_dropout
from netspec.spec._summary import render_html, render_text
from netspec.spec._ties import TIES, tie

FORMAT = 1


@declare
class Spec(Declared):
    """A model: what flows in, its layers, and how its weights start.

    A spec is valid once it exists: shapes, parameters and initializers are worked out
    when it is made. Equal specs are ``==``, hash equal and have the same digest.

    Args:
        name: 1 to 200 printable characters.
        input_shape: shape of one example, without the batch axis, channels first.
        layers: the layers in order, from 1 to 262,144, those in containers counted.
        init: an `InitPolicy`, the name of a preset, or None for Glorot's uniform
            weights and zero biases.
        input_dtype: ``"float"`` (the dtype that the model is compiled in), or
            ``"int"`` where the first layer is an Embedding.
        ties: by the path of a parameter, that of the one which it is: one array under
            two paths, whose gradient is the sum of both. The owner alone is among
            `parameters`, and drawn.

    Raises:
        SpecError: a part does not fit; names its path, the rule, what was received and
            the remedy.
    """

    name: Field[str, str] = Field(TITLE)
    input_shape: Field[Sequence[int], Shape] = Field(
        sequence(COUNT, "a list of positive integers, without the batch axis", least=0)
    )
    layers: Field[Sequence[Layer], tuple[Layer, ...]] = Field(CHAIN)
    init: Field[InitPolicy | str | None, InitPolicy] = Field(POLICY, default=None)
    input_dtype: Field[str, str] = Field(choice("float", "int"), default="float")
    ties: Field[Mapping[str, str], FrozenDict[str, str]] = Field(
        TIES, default=FrozenDict()
    )

    def __post_init__(self) -> None:
        unused = self.init.unused_rules(self.parameters())
        if unused:
            raise SpecError(
                f"init rule {shorten(unused[0].pattern)} matches no parameter"
                f"{nearest(unused[0].pattern, self.parameters())}",
                ("init", "rules"),
            )

    @cached_property
    def graph(self) -> PlacedChain:
        """The layers with their paths, shapes and resolved parameters."""
        chain = Chain(None, ("layers",), self.layers)
        check_count(chain)
        placed = infer(chain, Signal(self.input_shape, self.input_dtype), self.init)
        if placed.output.kind == "int":
            raise SpecError(
                "a model gives floats, received layers that give integers; put an"
                " Embedding at the end",
                ("layers",),
            )
        return tie(placed, self.ties)

    @property
    def output_shape(self) -> Shape:
        """Shape of one output example."""
        return self.graph.output_shape

    def shapes(self) -> dict[str, Shape]:
        """Return the output shape of one example of every layer, by canonical path,
        containers before their content.
        """
        return {node.path: node.output_shape for node in self.graph.walk()}

    def parameters(self) -> dict[str, DrawnParameter]:
        """Return every parameter by canonical path, in the order of `nn.Sequential`,
        without those that are tied to another.
        """
        return dict(self._parameters)

    @cached_property
    def _parameters(self) -> dict[str, DrawnParameter]:
        return {
            join_path(node.path, name): parameter
            for node in self.graph.walk()
            for name, parameter in node.own.items()
        }

    def without_dropout(self) -> Spec:
        """Return a copy in which nothing is drawn at random in training: a layer that
        does nothing else, such as Dropout, is an Identity with its name and path.

        Raises:
            SpecError: such a layer has parameters, or another output shape.
        """
        for node in self.graph.walk():
            learned = node.parameters or node.input_shape != node.output_shape
            if node.layer.random and learned and not node.layer.without_dropout():
                raise SpecError(
                    f"{node.path} {type(node.layer).__name__}: what draws at random is"
                    " left out where models are compared, so it must have no parameters"
                    " and keep the shape; make what it learns a layer beside it"
                )

        return replace(self, layers=map_layers(without_dropout, self.layers))

    def to_dict(self) -> dict[str, Any]:
        """Return the canonical document, which leaves out fields at their defaults."""
        return {"netspec": FORMAT, **encode(self)}

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> Spec:
        """Read a document of this format version or an older one.

        Raises:
            SpecError: the document is not that of a valid spec.
        """
        return from_document(document)

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, no spaces."""
        return documents.canonical_json(self.to_dict())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write YAML, or JSON where the name ends in ``.json``; all or nothing.

        Raises:
            NetspecError: the file cannot be written.
        """
        documents.save(path, self.to_dict())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def summary(self) -> str:
        """Return a table of the layers in plain text: path, layer, output shape,
        number of parameters, initial standard deviation.
        """
        return render_text(self.name, self.input_shape, self.graph)

    def _repr_html_(self) -> str:
        return render_html(self.name, self.input_shape, self.graph)


def from_document(document: Any) -> Spec:
    body = dict(expect_mapping(document, "a spec"))
    documents.check_tree(body)
    version = body.pop("netspec", None)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        if is_symbol(body):
            raise SpecError(
                "it is a graph that MXNet exported; netspec import, or"
                " netspec.importing.mxnet, makes a spec of it and its .params"
            )
        raise SpecError(
            f"a spec starts with its format version, `netspec: {FORMAT}`, received"
            f" {shorten(version)}"
        )
    if version > FORMAT:
        raise SpecError(
            f"the spec has format version {shorten(version)}, this netspec reads up to"
            f" {FORMAT}; upgrade netspec"
        )
    return decode(Spec, body)
