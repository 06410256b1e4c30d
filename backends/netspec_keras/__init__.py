"""The Keras 3 backend: a spec becomes a `keras.Sequential`, or its source.

Keras runs on JAX here; the backend ``keras-torch`` runs it on PyTorch. A custom layer
works in both once you register a lowering:

    @netspec_keras.lower.register
    def swish(layer: Swish, node: Placed, ctx: Context) -> Call:
        return call(SwishLayer, layer.beta)
"""

from netspec_keras._engine import load

load("jax")  # before anything imports Keras

from netspec_keras import layers as layers  # noqa: E402
from netspec_keras._backend import KerasBackend as KerasBackend  # noqa: E402
from netspec_keras._initializers import by_law as by_law  # noqa: E402
from netspec_keras._initializers import initializer_of as initializer_of  # noqa: E402
from netspec_keras._lowering import Context as Context  # noqa: E402
from netspec_keras._lowering import chain as chain  # noqa: E402
from netspec_keras._lowering import lower as lower  # noqa: E402
from netspec_keras._variables import variables as variables  # noqa: E402

backend = KerasBackend("keras", "jax")
