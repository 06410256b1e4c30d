"""Find the registered backends; their frameworks are imported on first use.

A backend is named in the entry-point group ``netspec.backends``; ours are found in the
same way as a stranger's. Nothing here imports a framework: an entry point is loaded
when its backend is first asked for. An entry point whose framework is missing says
which extra installs it; one that is broken, or whose name is taken twice, raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from netspec.contract._protocol import Backend
from netspec.contract._texts import Texts, Writer
from netspec.errors import BackendError, BackendNotInstalled, nearest, said, shorten

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "netspec.backends"


@dataclass(frozen=True)
class Availability:
    """A registered backend, and whether its framework is installed.

    Attributes:
        name: name of the backend.
        requirement: the package of the framework; None if it needs none.
        version: the installed version of that package; None if it is missing.
        hint: the command that installs it; None if nothing is missing.
        variant_of: name of the backend that this one is in another process: what
            stands before a dash in its name, if that is registered. Both export the
            same source, and one process holds one of them.
    """

    name: str
    requirement: str | None
    version: str | None
    hint: str | None
    variant_of: str | None = None

    @property
    def installed(self) -> bool:
        return self.hint is None


def backends() -> dict[str, Availability]:
    """List every registered backend by name, without importing any.

    Raises:
        BackendError: two installed packages register the same name.

    Example:
        >>> backends()["numpy"].installed
        True
    """
    points = _points()
    return {
        name: replace(_availability(point), variant_of=_variant_of(name, points))
        for name, point in sorted(points.items())
    }


def _variant_of(name: str, points: Iterable[str]) -> str | None:
    first, dash, _ = name.partition("-")
    return first if dash and first in points else None


def named(name: object) -> Backend:
    """Load the backend of a name that may be no text, and so not be looked up.

    Raises:
        BackendError: no such backend, or its entry point is broken.
        BackendNotInstalled: the framework is missing; says what to install.
    """
    return backend(checked(name))


def checked(name: object) -> str:
    """Return what names a backend, unless it is no text.

    Raises:
        BackendError: it is none.
    """
    if not isinstance(name, str):
        raise BackendError(
            "a backend is given by its name, such as 'torch', received"
            f" {shorten(name)}; known: {', '.join(sorted(_points()))}"
        )
    return name


def writer(name: str) -> Writer:
    """Load what writes the source of a backend: the backend or, where its framework is
    not installed, the `Texts` beside it.

    Raises:
        BackendError: no such backend, or its entry point is broken.
        BackendNotInstalled: the framework is missing, and nothing is written without
            it; says what to install.
    """
    point = _points().get(name)
    if point is None or _availability(point).installed:
        return backend(name)
    return _text(point) or backend(name)


def writes_alone(name: str) -> bool:
    """Tell whether a backend's source is written where its framework is missing, too.

    Raises:
        BackendError: two installed packages register the same name.
    """
    point = _points().get(name)
    return point is not None and _text(point) is not None


def _text(point: EntryPoint) -> Texts | None:
    try:
        found = getattr(import_module(point.module), "text", None)
    except ImportError:  # of the framework: it writes nothing without
        return None
    return found if isinstance(found, Texts) and found.name == point.name else None


@cache
def backend(name: str) -> Backend:
    """Load the backend of a name; the first call imports its framework.

    Raises:
        BackendError: no such backend, or its entry point is broken.
        BackendNotInstalled: the framework is missing; says what to install.

    Example:
        >>> backend("torch").name
        'torch'
    """
    points = _points()
    if name not in points:
        raise BackendError(f"unknown backend {shorten(name)}{nearest(name, points)}")
    found = _availability(points[name])
    if not found.installed:
        raise BackendNotInstalled(
            f"backend {shorten(name)} needs {found.requirement}, which is not"
            f" installed; run: {found.hint}"
        )
    return _load(points[name])


def _points() -> dict[str, EntryPoint]:
    from importlib import metadata  # on first use: it is a fifth of `import netspec`

    found: dict[str, EntryPoint] = {}
    for point in metadata.entry_points(group=GROUP):
        held = found.setdefault(point.name, point)
        if held.value != point.value:
            raise BackendError(
                f"backend {shorten(point.name)} is registered twice, as {held.value}"
                f" and {point.value}; uninstall one of the packages"
            )
    if not found:
        raise BackendError(
            "no backend is registered; entry points exist only once netspec is"
            " installed: run pip install -e ."
        )
    return found


def _availability(point: EntryPoint) -> Availability:
    from importlib import metadata

    # The extra in `name = "module:object [extra]"` is named after the package that
    # the backend needs, so hint and check come from the registration itself.
    requirement = next(iter(point.extras), None)
    if requirement is None:
        return Availability(point.name, None, None, None)
    try:
        found = metadata.version(requirement)
    except metadata.PackageNotFoundError:
        owner = point.dist.name if point.dist else "netspec"
        hint = f'pip install "{owner}[{requirement}]"'
        return Availability(point.name, requirement, None, hint)
    return Availability(point.name, requirement, found, None)


def _load(point: EntryPoint) -> Backend:
    try:
        loaded = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may even call sys.exit
        raise BackendError(
            f"backend {shorten(point.name)} is broken: {point.value}:"
            f" {type(error).__name__}: {said(error)}; reinstall the package that"
            " registers it"
        ) from error
    if not isinstance(loaded, Backend):
        raise BackendError(
            f"backend {shorten(point.name)} is broken: {point.value} is not a Backend;"
            " it needs name, compile, source, params, load_params, forward and step"
        )
    if loaded.name != point.name:  # reports and `conform` would know it by two names
        raise BackendError(
            f"backend {shorten(point.name)} is broken: {point.value} is named"
            f" {shorten(loaded.name)}; its name must be that of its entry point"
        )
    return loaded
