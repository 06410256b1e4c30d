"""A folder that keeps what a run found, and from which the next one goes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from netspec._system import write_atomically
from netspec.errors import NetspecError, said
from netspec.fuzzing._draw import VERSION
from netspec.spec import Spec, load

LOG = "log.jsonl"
COMPILED = "compiled"


class Place(NamedTuple):
    """Where specs are tried; a corpus keeps them apart by it.

    Attributes:
        backend: its name.
        dtype: ``"float32"`` or ``"float64"``.
    """

    backend: str
    dtype: str

    @property
    def prefix(self) -> str:
        """Return how the names of its files begin."""
        return re.sub(r"[^\w-]", "_", f"{self.backend}-{self.dtype}-")


class Corpus:
    """Specs that fail, as YAML with a script for each; and a log of all that was tried.

    The log holds documents, as the specs of a seed are others with another version of
    Hypothesis, or where a backend has other layers.

    Args:
        folder: made where it is not there yet.

    Raises:
        NetspecError: the folder cannot be made, or its log cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            log = folder / LOG
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            whole = text[: text.rfind("\n") + 1]
            if whole != text:  # a run was killed while it wrote
                log.write_text(whole, encoding="utf-8")
        except OSError as error:
            raise NetspecError(
                f"{folder}: {error.strerror}; name a folder of yours for the corpus"
            ) from error
        self._done = {_key(entry) for entry in _entries(log, whole)}

    @property
    def compiled(self) -> str:
        """Return the folder in which a backend may keep what it compiles."""
        return str((self.folder / COMPILED).resolve())

    def has(self, spec: Spec, place: Place) -> bool:
        """Tell whether a spec was tried before."""
        return (*place, spec.digest) in self._done

    def note(self, spec: Spec, place: Place, seed: int, status: str) -> None:
        """Add a spec to the log."""
        entry = {
            **place._asdict(),
            "digest": spec.digest,
            "status": status,
            "seed": seed,
            "hypothesis": VERSION,
            "spec": spec.to_dict(),
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self._done.add(_key(entry))

    def failing(self, place: Place) -> Iterator[tuple[Path, Spec]]:
        """Yield the specs that failed there in earlier runs, and their files.

        Raises:
            SpecError: a file does not hold a valid spec.
        """
        for path in sorted(self.folder.glob(f"{place.prefix}*.yaml")):
            yield path, load(path)

    def keep(self, spec: Spec, place: Place, script: str) -> Path:
        """Write a spec that fails, and a script that shows it."""
        path = self.folder / f"{place.prefix}{spec.digest[:12]}.yaml"
        spec.save(path)
        write_atomically(path.with_suffix(".py"), script.encode())
        return path


def _entries(log: Path, text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise NetspecError(
                f"{log}, line {number}: {said(error)}; remove the line, or the log"
            ) from error


def _key(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["backend"], entry["dtype"], entry["digest"]
