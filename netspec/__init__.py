"""netspec: one model spec, native code for every framework, and proof that they
agree.

Importing this package imports no framework; each is imported on first use.

A custom layer is a class made with `layer` from `Layer` (`Parametric` if it has
parameters, `Container` if it has layers), with `Field` attributes whose rules are in
`netspec.rules`:

    @netspec.layer
    class Scale(netspec.Layer):
        factor: Field[float, float] = Field(rules.POSITIVE)

        def output_shape(self, shape):
            return shape
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netspec import errors, rules
from netspec.api import compile, export  # noqa: A004 (the name is the verb)
from netspec.backend import Backend, Step, backend, backends
from netspec.declare import Field
from netspec.errors import (
    BackendError,
    BackendNotInstalled,
    InputError,
    NetspecError,
    ParameterError,
    SpecError,
)
from netspec.init import (
    Constant,
    Initializer,
    InitPolicy,
    InitRule,
    KaimingNormal,
    KaimingUniform,
    LeCunNormal,
    Normal,
    Ones,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
    Zeros,
    gain,
    initializer,
)
from netspec.init.sampling import init_params
from netspec.layers import (
    CELU,
    ELU,
    GELU,
    SELU,
    AvgPool1D,
    AvgPool2D,
    BatchNorm,
    Chain,
    Container,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNorm,
    Layer,
    LayerNorm,
    LeakyReLU,
    LogSoftmax,
    MaxPool1D,
    MaxPool2D,
    Mish,
    Pad1D,
    Pad2D,
    Parallel,
    Parametric,
    Permute,
    PReLU,
    ReLU,
    ReLU6,
    Reshape,
    Residual,
    Sequential,
    Shape,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
    layer,
)
from netspec.parameter import Parameter
from netspec.params import load_params, save_params
from netspec.probe import probe  # not lazy: the package would take its name
from netspec.schema import json_schema
from netspec.spec import Spec, load

if TYPE_CHECKING:
    from netspec.conformance import conform

__all__ = [  # noqa: RUF022 (by topic)
    # the spec
    "Spec",
    "load",
    "json_schema",
    # layers
    "AvgPool1D",
    "AvgPool2D",
    "BatchNorm",
    "CELU",
    "Chain",
    "Container",
    "Conv1D",
    "Conv2D",
    "Dense",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GELU",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GroupNorm",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "InstanceNorm",
    "LayerNorm",
    "LeakyReLU",
    "LogSoftmax",
    "MaxPool1D",
    "MaxPool2D",
    "Mish",
    "PReLU",
    "Pad1D",
    "Pad2D",
    "Parallel",
    "Permute",
    "ReLU",
    "ReLU6",
    "Reshape",
    "Residual",
    "SELU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    # first weights
    "Constant",
    "InitPolicy",
    "InitRule",
    "KaimingNormal",
    "KaimingUniform",
    "LeCunNormal",
    "Normal",
    "Ones",
    "Orthogonal",
    "TruncatedNormal",
    "Uniform",
    "VarianceScaling",
    "XavierNormal",
    "XavierUniform",
    "Zeros",
    "gain",
    "init_params",
    # models and files
    "compile",
    "export",
    "save_params",
    "load_params",
    # proof
    "conform",
    # what a signal becomes by depth
    "probe",
    # backends
    "Backend",
    "Step",
    "backend",
    "backends",
    # layers and initializers of your own
    "Field",
    "Initializer",
    "Layer",
    "Parameter",
    "Parametric",
    "Shape",
    "initializer",
    "layer",
    "rules",
    # errors
    "BackendError",
    "BackendNotInstalled",
    "InputError",
    "NetspecError",
    "ParameterError",
    "SpecError",
    "errors",
]


# Imported when first asked for: SciPy takes as long as all the rest
LAZY = {"conform": "netspec.conformance"}


def __getattr__(name: str) -> Any:
    """What is imported on first use, and ``__version__``, read from the installed
    distribution.
    """
    if name in LAZY:
        return getattr(import_module(LAZY[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("netspec")
    raise AttributeError(f"module 'netspec' has no attribute {name!r}")
