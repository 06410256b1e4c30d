"""Keras runs on one framework a process, which is chosen before it is imported."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec

from netspec.errors import BackendError, said, shorten

VARIABLE = "KERAS_BACKEND"
NAMES = {"jax": "keras", "torch": "keras-torch"}  # of our backends, by the framework


def load(engine: str) -> None:
    """Import Keras on a framework, unless it is imported, or the environment says on
    which. The environment stays as it is: other processes choose for themselves.
    """
    if "keras" in sys.modules or VARIABLE in os.environ:
        return
    if find_spec(engine) is None:
        return  # Keras says so when it is first used
    os.environ[VARIABLE] = engine
    try:
        import_module("keras")
    finally:
        del os.environ[VARIABLE]


def need(engine: str) -> None:
    """Refuse to run where Keras runs on another framework.

    Raises:
        BackendError: names that framework, and what to do.
    """
    try:
        keras = import_module("keras")
        running = keras.backend.backend()
    except ImportError as error:
        raise BackendError(
            f"Keras cannot be imported: {said(error)}; install {engine}, and unset"
            f" {VARIABLE} or set it to {engine}"
        ) from error
    if running == engine:
        return
    other = NAMES.get(running)
    instead = f"use the backend {shorten(other)} here, or " if other else ""
    raise BackendError(
        f"Keras runs on {shorten(running)} in this process, and on one framework only;"
        f" {instead}run {shorten(NAMES[engine])} in a process of its own, where"
        f" {VARIABLE} is unset or {shorten(engine)}, as netspec conform does"
    )
