"""Parameters together with the initializer that draws them."""

from __future__ import annotations

from dataclasses import dataclass, field

from netspec.declare import Parameter
from netspec.init._base import Initializer
from netspec.init.distributions import Law


@dataclass(frozen=True, kw_only=True)
class DrawnParameter(Parameter):
    """A parameter of a spec, whose initializer is resolved.

    Attributes:
        initializer: draws the values of the parameter; ``==`` ignores it.
    """

    initializer: Initializer = field(compare=False)

    @property
    def law(self) -> Law:
        """The distribution of its values."""
        return self.initializer.law(self)


def drawn_by(initializer: Initializer, parameter: Parameter) -> DrawnParameter:
    """Attach an initializer to a declared parameter."""
    return DrawnParameter(
        parameter.shape,
        parameter.axes,
        parameter.role,
        parameter.fan_in,
        parameter.fan_out,
        parameter.trainable,
        parameter.nonnegative,
        parameter.starts_at,
        parameter.gates,
        parameter.forget,
        initializer=initializer,
    )
