"""Keras 3 running on PyTorch: the backend of `netspec_keras`, which runs it on JAX, in
a process of its own.
"""

import os

VARIABLE = "KERAS_BACKEND"

_given = VARIABLE in os.environ
os.environ.setdefault(VARIABLE, "torch")
try:
    from netspec_keras import KerasBackend
finally:
    if not _given:  # other processes choose for themselves
        del os.environ[VARIABLE]

backend = KerasBackend("keras-torch", "torch")
