"""Finding the lessons by name, and running them."""

from __future__ import annotations

import time
from importlib import import_module
from types import ModuleType

from lessons import lib
from lessons.lib import LESSONS, TEXTS, Claim

SLOW = {
    "gluon/batch_norm_limits",
    "gluon/batch_norm_momentum",
    "gluon/classifiers",
    "gluon/dropout_mlp",
    "gluon/large_rates",
    "gluon/validation",
    "gluon/weight_decay",
    "initialization/mlp100",
    "initialization/overflow",
    "initialization/tanh",
    "residual/identity_mappings",
    "residual/residual_training",
    "stability/standstill",
}
"""Lessons of more than 8 seconds, which `make test` leaves to `make lessons`."""


def names() -> list[str]:
    """List the lessons, each as ``<text>/<lesson>``."""
    scripts = (path for text in TEXTS for path in (LESSONS / text).glob("*.py"))
    return sorted(f"{path.parent.name}/{path.stem}" for path in scripts)


def module(name: str) -> ModuleType:
    """Import a lesson by its name."""
    return import_module(f"lessons.{name.replace('/', '.')}")


def run(name: str) -> list[Claim]:
    """Run a lesson and return its claims.

    Raises:
        SystemExit: a claim does not hold.
    """
    print(f"{name}.py\n", flush=True)
    lesson, before, start = module(name), len(lib.made), time.perf_counter()
    lesson.main()
    print(f"{name}.py took {time.perf_counter() - start:.0f} s\n", flush=True)
    return lib.made[before:]
