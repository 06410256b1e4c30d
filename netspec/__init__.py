"""netspec: one model spec, native code for every framework, and proof that they
agree.

Importing this package imports no framework; each is imported on first use.

A custom layer is a class made with `layer` from `Layer` (`Parametric` if it has
parameters, `Container` if it has layers), with `Field` attributes whose rules are in
`netspec.declare.rules`:

    @netspec.layer
    class Scale(netspec.Layer):
        factor: Field[float, float] = Field(rules.POSITIVE)

        def output_shape(self, shape):
            return shape
"""

import importlib
import types
import typing

from . import _system as _system  # first: it is at work while the others come
from . import errors as errors
from .contract import Backend as Backend
from .contract import Step as Step
from .contract import backend as backend
from .contract import backends as backends
from .contract import compile as compile
from .contract import export as export
from .declare import Field as Field
from .declare import Parameter as Parameter
from .declare import rules as rules
from .errors import BackendError as BackendError
from .errors import BackendNotInstalled as BackendNotInstalled
from .errors import InputError as InputError
from .errors import NetspecError as NetspecError
from .errors import ParameterError as ParameterError
from .errors import SpecError as SpecError
from .init import Constant as Constant
from .init import Initializer as Initializer
from .init import InitPolicy as InitPolicy
from .init import InitRule as InitRule
from .init import KaimingNormal as KaimingNormal
from .init import KaimingUniform as KaimingUniform
from .init import LeCunNormal as LeCunNormal
from .init import Normal as Normal
from .init import Ones as Ones
from .init import Orthogonal as Orthogonal
from .init import PerGate as PerGate
from .init import TruncatedNormal as TruncatedNormal
from .init import Uniform as Uniform
from .init import VarianceScaling as VarianceScaling
from .init import XavierNormal as XavierNormal
from .init import XavierUniform as XavierUniform
from .init import Zeros as Zeros
from .init import gain as gain
from .init import initializer as initializer
from .layers import Chain as Chain
from .layers import Container as Container
from .layers import Layer as Layer
from .layers import Node as Node
from .layers import Parametric as Parametric
from .layers import Shape as Shape
from .layers import layer as layer
from .layers._families import *
from .signals import probe as probe
from .spec import Spec as Spec
from .spec import fold as fold
from .spec import init_params as init_params
from .spec import json_schema as json_schema
from .spec import load as load
from .spec import load_params as load_params
from .spec import save_params as save_params

if typing.TYPE_CHECKING:
    from . import importing as importing
    from .certificates import certify as certify
    from .conformance import conform as conform
    from .importing import adopt as adopt

# Imported on first use: SciPy takes as long to import as everything else
LAZY = {
    "adopt": "netspec.importing",
    "certify": "netspec.certificates",
    "conform": "netspec.conformance",
}
ROOMS = {"importing"}  # likewise, and whole


def __getattr__(name: str) -> typing.Any:
    """Import what is `LAZY` on first use, read ``__version__`` from the installed
    distribution, and list the public names imported above as ``__all__``.
    """
    if name in ROOMS:
        return importlib.import_module(f"netspec.{name}")
    if name in LAZY:
        return getattr(importlib.import_module(LAZY[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("netspec")
    if name == "__all__":
        return [*filter(_is_public, globals()), *LAZY, "errors", "rules"]
    raise AttributeError(f"module 'netspec' has no attribute {name!r}")


def _is_public(name: str) -> bool:
    is_module = isinstance(globals()[name], types.ModuleType)
    return not (is_module or name.startswith("_") or name in ("LAZY", "ROOMS"))
