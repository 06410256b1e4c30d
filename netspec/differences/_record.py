"""Record what the snippets give on the frameworks that are installed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from netspec._system import write_together
from netspec.declare.rules import Json
from netspec.differences._entry import Difference
from netspec.differences._frameworks import FRAMEWORKS, missing, version
from netspec.differences._recordings import (
    FOLDER,
    Recording,
    digest,
    encoded,
    recordings,
)
from netspec.differences._registry import entries
from netspec.differences._witness import witness
from netspec.errors import NetspecError


def record(
    folder: Path = FOLDER, among: Iterable[Difference] | None = None
) -> tuple[Path, ...]:
    """Run every witness and write what each framework that is installed gave.

    Args:
        folder: where to write ``<framework>-<version>.json``.
        among: the entries to record; all if None.

    Returns:
        The files, which are written all or none.

    Raises:
        NetspecError: a relation does not hold, or a result cannot be recorded; names
            the entry.
    """
    chosen = entries() if among is None else tuple(among)
    here = [name for name in FRAMEWORKS if not missing(name)]
    outputs: dict[str, dict[str, Json]] = {name: {} for name in here}
    for entry in chosen:
        for name, output in _outputs(entry).items():
            outputs[name][entry.id] = output
    date = datetime.now(UTC).date().isoformat()
    written = [Recording(name, _public(name), date, outputs[name]) for name in here]
    files = {folder / f"{r.framework}-{r.version}.json": _file(r) for r in written}
    write_together({path: _writer(text) for path, text in files.items()})
    recordings.cache_clear()
    return tuple(files)


def _public(framework: str) -> str:
    """Return the version without what says how it was built, such as +cpu."""
    return version(framework).partition("+")[0]


def _file(recording: Recording) -> str:
    """Write a recording as JSON with a line for each entry."""
    told = {k: v for k, v in asdict(recording).items() if k != "outputs"}
    head = ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in told.items())
    lines = (
        f"{json.dumps(id_)}: {json.dumps(output, allow_nan=False)}"
        for id_, output in sorted(recording.outputs.items())
    )
    return f'{{{head}, "outputs": {{\n' + ",\n".join(lines) + "\n}}\n"


def _writer(text: str) -> Callable[[BinaryIO], object]:
    return lambda file: file.write(text.encode())


def _outputs(entry: Difference) -> dict[str, Json]:
    seen = witness(entry, stand_in=True)
    if seen.holds is False:
        raise NetspecError(f"{entry.id}: is not recorded: {seen.problem}")
    ran = {name: r for name, r in seen.results.items() if name not in seen.recorded}
    try:
        return {
            name: {"digest": digest(entry, name), "result": encoded(result)}
            for name, result in ran.items()
        }
    except NetspecError as error:
        raise NetspecError(f"{entry.id}: {error}") from None
