"""Use a Dask cluster whose workers have the netspec that is here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from multiprocessing import current_process
from pathlib import Path
from typing import Any, NamedTuple

from netspec.conformance.processes._lane import DAEMON
from netspec.conformance.report import environment
from netspec.errors import NetspecError, said, shorten

PATIENCE = 30  # seconds for the scheduler, and for its first worker


class Cluster(NamedTuple):
    """A Dask cluster that is ready.

    Attributes:
        executor: gives work to its workers.
        environment: versions that its workers have and this process has not, by what
            they are versions of.
    """

    executor: Executor
    environment: dict[str, str]


class Machine(NamedTuple):
    """What a worker says of itself.

    Attributes:
        digest: of the source of its netspec.
        daemon: True if it may start no process.
        environment: its versions.
    """

    digest: str
    daemon: bool
    environment: dict[str, str]


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler of a Dask cluster.

    Args:
        address: of the scheduler, such as ``"tcp://127.0.0.1:8786"``.

    Raises:
        NetspecError: Dask is not installed, there is no scheduler, or the workers
            cannot do the work.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NetspecError(
            'Dask is not installed; run: pip install "netspec[dask]"'
        ) from None
    try:
        client: Any = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NetspecError(
            f"no Dask scheduler at {shorten(address)}: {said(error)}; run dask"
            " scheduler, and name the address that it prints"
        ) from error
    with client:
        found = _machines(client)
        _check(found)
        # not pure: a lost group is tried again, not answered with the loss
        executor = client.get_executor(pure=False, retries=0)
        try:
            yield Cluster(executor, _differences(found))
        finally:
            executor.shutdown(wait=False)


def machine() -> Machine:
    """Describe this process, a worker."""
    return Machine(_digest(), current_process().daemon, environment())


def _digest() -> str:
    """Return a hash of the source of netspec."""
    folder = Path(__file__).parents[2]
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return content.hexdigest()


def _machines(client: Any) -> Mapping[str, Machine]:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        found: Mapping[str, Machine] = client.run(machine)
    except TimeoutError:
        raise NetspecError(
            "the Dask cluster has no workers; start some with dask worker ADDRESS"
        ) from None
    except (ImportError, AttributeError) as error:
        raise NetspecError(
            f"Dask's workers lack this netspec: {said(error)}; {SAME}"
        ) from error
    return found


SAME = "install the same netspec where the workers run"


def _check(found: Mapping[str, Machine]) -> None:
    here = _digest()
    for address, there in found.items():
        if there.digest != here:
            version = there.environment["netspec"]
            raise NetspecError(
                f"the Dask worker {address} has another netspec, {version}; {SAME}"
            )
        if there.daemon:
            raise NetspecError(f"the Dask worker {address} {DAEMON}")


def _differences(found: Mapping[str, Machine]) -> dict[str, str]:
    here = environment()
    seen: dict[str, dict[str, None]] = {}
    for there in found.values():
        for name, version in there.environment.items():
            if version != here.get(name):
                seen.setdefault(f"{name} of workers", {})[version] = None
    return {name: ", ".join(versions) for name, versions in seen.items()}
