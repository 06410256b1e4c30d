"""What a backend writes where its framework is not installed.

The module of an entry point may have, beside the backend, a `Texts` of the name
``text``, and leave out the backend where the framework is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from netspec.contract._guards import check_flag, check_spec
from netspec.errors import BackendNotInstalled
from netspec.spec import Spec, check_dtype

if TYPE_CHECKING:
    from netspec.program.render import Listing


class Writer(Protocol):
    """Exports source: every `Backend` does, and a `Texts` without its framework."""

    @property
    def name(self) -> str: ...

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """Write a file, as `Backend.source` says."""


@dataclass(frozen=True)
class Texts:
    """The source that a backend exports, which no framework is needed to write.

    Attributes:
        name: of the backend.
        write: writes the source of a spec for a dtype; with a reader of weights, or
            without.
        lay_out: gives the source layer by layer, for a dtype.
    """

    name: str
    write: Callable[[Spec, str, bool], str]
    lay_out: Callable[[Spec, str], Listing]

    def source(
        self, spec: Spec, *, dtype: str = "float32", weights: bool = False
    ) -> str:
        """Write a file, as `Backend.source` says."""
        check_spec(spec)
        check_dtype(dtype)
        check_flag("weights", weights)
        return self.write(spec, dtype, weights)

    def listing(self, spec: Spec, *, dtype: str = "float32") -> Listing:
        """Give the source layer by layer, as `ListingBackend.listing` says."""
        check_spec(spec)
        check_dtype(dtype)
        return self.lay_out(spec, dtype)


@contextmanager
def engine(package: str, what: str) -> Iterator[None]:
    """Say what needs a framework, if it cannot be imported inside.

    Args:
        package: of the framework, which is the extra that installs it, too.
        what: needs it.

    Raises:
        BackendNotInstalled: it is missing.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        raise BackendNotInstalled(
            f"{what} needs {package} itself, which is not installed; run: pip install"
            f' "netspec[{package}]"'
        ) from missing
