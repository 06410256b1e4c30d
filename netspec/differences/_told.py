"""Put together all that can be shown of an entry."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from netspec.declare import encode
from netspec.declare.rules import Json
from netspec.differences._choices import Option, options
from netspec.differences._entry import Difference
from netspec.differences._measured import Measured, measured
from netspec.differences._play import Table, table
from netspec.differences._recordings import encoded
from netspec.differences._witness import Witness, recall, witness


@dataclass(frozen=True)
class Told:
    """An entry with what was computed of it.

    Attributes:
        entry: the entry.
        witness: what its snippets gave, here and now or recorded.
        options: the answers to its question; none where a result is missing.
        table: the numbers of its picture; None without one.
        measured: what lessons measured.
    """

    entry: Difference
    witness: Witness
    options: tuple[Option, ...]
    table: Table | None
    measured: tuple[Measured, ...]

    def document(self) -> Json:
        """Return all of it as JSON."""
        entry, seen = self.entry, self.witness
        return encode(entry) | {
            "frameworks": entry.frameworks,
            "devices": [*entry.devices],
            "level": entry.level,
            "results": {name: self._result(name) for name in seen.results},
            "missing": dict(seen.missing),
            "stale": [*seen.stale],
            "holds": seen.holds,
            "problem": seen.problem,
            "options": [option._asdict() for option in self.options],
            "table": asdict(self.table) if self.table else None,
            "measured": [found._asdict() for found in self.measured],
        }

    def _result(self, framework: str) -> Json:
        result = self.witness.results[framework]
        recording = self.witness.recorded.get(framework)
        told = {"text": shown(result), "result": encoded(result)}
        return told | ({"recorded": str(recording)} if recording else {})


def tell(entry: Difference, *, live: bool = True) -> Told:
    """Compute all that can be shown of an entry.

    Args:
        entry: an entry of the registry, or made by hand.
        live: whether snippets run where their framework is installed; recordings stand
            in for the others, or for all.
    """
    seen = witness(entry, stand_in=True) if live else recall(entry)
    answers = () if seen.missing else options(entry, seen.results)
    return Told(entry, seen, answers, table(entry), measured(entry))


def shown(result: Any) -> str:
    """Write a result as NumPy prints it, long arrays without their middle."""
    if isinstance(result, tuple) and any(isinstance(x, np.ndarray) for x in result):
        return "\n".join(map(shown, result))
    with np.printoptions(threshold=12, edgeitems=2):
        return str(result)
