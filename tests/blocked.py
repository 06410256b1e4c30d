"""A process in which a framework is not installed.

python -m tests.blocked BACKEND PACKAGES    writes what `texts` gives there
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any


class Without(PathFinder):
    """Finds what a path holds, but for some packages."""

    packages: frozenset[str] = frozenset()

    @classmethod
    def find_spec(cls, fullname: str, *args: Any) -> ModuleSpec | None:
        """Find a module, unless it is of a package that is hidden."""
        hidden = fullname.partition(".")[0] in cls.packages
        return None if hidden else PathFinder.find_spec(fullname, *args)


def hide(packages: frozenset[str]) -> None:
    """Make packages look as if they were not installed, to imports and to pip."""
    Without.packages = packages
    sys.meta_path[sys.meta_path.index(PathFinder)] = Without
    version = importlib.metadata.version

    def visible(distribution_name: str) -> str:
        if distribution_name in packages:
            raise importlib.metadata.PackageNotFoundError(distribution_name)
        return version(distribution_name)

    importlib.metadata.version = visible


def texts(name: str) -> Mapping[str, str]:
    """The digest of the source of each case of each layer, or why there is none."""
    from netspec.conformance.cases import single_layers

    return {case: _digest(name, spec) for case, spec in single_layers().items()}


def _digest(name: str, spec: Any) -> str:
    from netspec.contract import writer
    from netspec.errors import BackendError

    try:
        return sha256(writer(name).source(spec, weights=True).encode()).hexdigest()
    except BackendError as error:
        return str(error)


if __name__ == "__main__":
    name, packages = sys.argv[1:]
    hide(frozenset(packages.split(",")))
    sys.stdout.write(json.dumps(texts(name)))
