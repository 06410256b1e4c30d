"""Base of the initializers, which are data that give a parameter its distribution."""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

from netspec.declare import Declared, Field, Parameter, Registry, declare, tagged
from netspec.declare.rules import Rule
from netspec.init.distributions import Law

INITIALIZERS: Registry[Initializer] = Registry("initializer")


class Initializer(Declared):
    """Base of every initializer."""

    def law(self, parameter: Parameter) -> Law:
        """Return the distribution of each value of a parameter.

        Raises:
            SpecError: the parameter has no fans, or too few axes.
        """
        raise NotImplementedError(f"{type(self).__name__}.law")


INITIALIZER: Rule[Initializer, Initializer] = tagged(
    Initializer, INITIALIZERS, "an initializer"
)

I = TypeVar("I", bound=Initializer)  # noqa: E741


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def initializer(kind: type[I]) -> type[I]:
    """Make a class a frozen initializer and register its name for JSON and YAML.

    Raises:
        SpecError: another class already registered this name.
    """
    INITIALIZERS.add(declare(kind))
    return kind
