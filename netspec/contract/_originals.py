"""Models that netspec did not make, put in the place of what a backend compiles.

So an original stands beside what was made of it, in the same comparison: a subject of
its own, which gives outputs, gradients and running statistics under the names of the
spec.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np

from netspec.contract._guarded import GuardedBackend
from netspec.contract._handed import HandlingError
from netspec.contract._numerics import Numerics
from netspec.contract._protocol import Array, Arrays, Backend
from netspec.errors import BackendError, nearest, shorten
from netspec.layers import Shape
from netspec.spec import Spec

Model = TypeVar("Model")
PART = re.compile(r"(.+)\[(\d+):(\d+)\]")


class Part(NamedTuple):
    """What a parameter of a spec was in the original.

    Attributes:
        name: of an array there.
        rows: which of its first axis; all of them if None.
    """

    name: str
    rows: slice | None

    def of(self, array: Array) -> Array:
        return array if self.rows is None else array[self.rows]


def part_of(origin: str) -> Part:
    """Read a name such as ``"fc.weight"`` or ``"attn.in_proj_weight[0:64]"``."""
    found = PART.fullmatch(origin)
    if found is None:
        return Part(origin, None)
    name, start, stop = found.groups()
    return Part(name, slice(int(start), int(stop)))


@runtime_checkable
class Original(Protocol):
    """A native model that netspec did not make; it is left as it is.

    Attributes:
        kind: what it is, in a few words.
    """

    kind: str

    def weights(self) -> dict[str, Array]:
        """Copy all its parameters and running statistics, by its own names."""

    def subject(self, names: Mapping[str, str]) -> Backend:
        """Give a backend that compiles copies of this model, whatever it is asked for.

        Without parameters, ``compile`` keeps those of the model. What the model draws
        at random in training it draws from a seed; without one, each draw is replaced
        by its mean, with which dropout changes nothing.

        Args:
            names: of each parameter of the spec in the model, by canonical path.
        """


@runtime_checkable
class OriginalBackend(Protocol):
    """Can run models of its framework that netspec did not make."""

    def original(self, model: Any) -> Original | None:
        """Take a model, or say by None that it is none of this framework.

        Raises:
            NetspecError: it is one, and cannot be run; with the reason.
        """


class OriginalSubject(GuardedBackend[Model], Generic[Model]):
    """A model in the place of a compiled one, under the names of the spec.

    Beside the hooks of `GuardedBackend` but for compiling and parameters, its author
    writes

        _copy     a copy of the model, in a dtype, as a spec needs it
        _read     copies of its arrays, by its own names
        _with     a copy with other arrays, by these names

    Attributes:
        name: how reports call it.
        numerics: conventions of its framework.
        names: of each parameter of the spec in the model, by canonical path.
    """

    numerics = Numerics()

    def __init__(self, name: str, names: Mapping[str, str]) -> None:
        self.name = name
        self.names = dict(names)

    @abstractmethod
    def _copy(self, spec: Spec, dtype: str, device: Any) -> Model:
        """Copy the model, with its own weights."""

    @abstractmethod
    def _read(self, model: Model) -> dict[str, Array]:
        """Copy the arrays of a copy, by their own names."""

    @abstractmethod
    def _with(self, model: Model, arrays: Arrays) -> Model:
        """Give a copy other arrays; it may be the same object."""

    def _compile(
        self, spec: Spec, params: Arrays | None, dtype: str, device: Any
    ) -> Model:
        model = self._copy(spec, dtype, device)
        return model if params is None else self._load_params(model, spec, params)

    def _load_params(self, model: Model, spec: Spec, params: Arrays) -> Model:
        whole = self._read(model)
        for path, values in params.items():
            part = self._part(path, whole)
            held = part.of(whole[part.name])
            held[...] = np.reshape(values, held.shape)
        return self._with(model, whole)

    def _params(self, model: Model, spec: Spec) -> dict[str, Array]:
        return self.by_path(self._read(model), spec)

    def check_shape(self, shape: Shape, spec: Spec) -> None:
        """Refuse to go back from an output that is not of the spec's shape.

        Raises:
            HandlingError: which says so, as a verdict.
        """
        if tuple(shape) != spec.output_shape:
            raise HandlingError(
                f"the original gives {tuple(shape)} for an example, the spec says"
                f" {spec.output_shape}"
            )

    def trained(self, spec: Spec) -> list[str]:
        """List the arrays of the model that hold trainable parameters of the spec."""
        paths = (path for path, p in spec.parameters().items() if p.trainable)
        names = (part_of(self.names.get(path, path)).name for path in paths)
        return [*dict.fromkeys(names)]

    def by_path(
        self, arrays: Arrays, spec: Spec, trainable: bool | None = None
    ) -> dict[str, Array]:
        """Give arrays the names and shapes of the spec.

        Args:
            arrays: by the names of the model.
            spec: the spec.
            trainable: which of them; all if None.
        """
        found = {}
        for path, parameter in spec.parameters().items():
            if trainable in (None, parameter.trainable):
                part = self._part(path, arrays)
                found[path] = np.reshape(part.of(arrays[part.name]), parameter.shape)
        return found

    def _part(self, path: str, arrays: Arrays) -> Part:
        part = part_of(self.names.get(path, path))
        if part.name not in arrays:
            raise BackendError(
                f"{path}: the original has no array {shorten(part.name)}"
                f"{nearest(part.name, arrays)}"
            )
        return part
