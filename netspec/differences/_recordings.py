"""Results that were recorded where a framework was installed.

``recorded/<framework>-<version>.json`` holds, by the id of an entry, a digest of the
snippet that ran and what it gave. A recording of another snippet is stale.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from netspec.declare.rules import Json
from netspec.differences._code import Raised
from netspec.differences._entry import Difference
from netspec.differences._frameworks import FRAMEWORKS
from netspec.errors import NetspecError
from netspec.spec import documents

FOLDER = Path(__file__).with_name("recorded")
MOST_VALUES = 4096  # of an array; more say nothing to a reader
LISTED = 64  # values of an array that stand as numbers
CLOCK = re.compile(r"\[\d\d:\d\d:\d\d\] ")  # MXNet's errors tell the time
STALE: Literal["stale"] = "stale"


@dataclass(frozen=True)
class Recording:
    """What the snippets of one framework gave.

    Attributes:
        framework: its name.
        version: on which they ran.
        date: of the day, as ``"2026-11-30"``.
        outputs: by the id of an entry: digest of its code, and the result as JSON.
    """

    framework: str
    version: str
    date: str
    outputs: Mapping[str, Json]

    def __str__(self) -> str:
        return f"recorded on {self.version}, {self.date}"

    def result(self, entry: Difference) -> Any:
        """Return what the snippet of an entry gave."""
        return decoded(self.outputs[entry.id]["result"])


def digest(entry: Difference, framework: str) -> str:
    """Return the digest of the code of an entry that one framework runs."""
    code = f"{entry.setup or ''}\n{entry.witness[framework]}"
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def recorded(entry: Difference, framework: str) -> Recording | Literal["stale"] | None:
    """Find the recording of an entry for a framework.

    Returns:
        The recording; ``"stale"`` if it is of another snippet; None without one.
    """
    found = recordings().get(framework)
    if found is None or entry.id not in found.outputs:
        return None
    same = found.outputs[entry.id]["digest"] == digest(entry, framework)
    return found if same else STALE


@cache
def recordings() -> Mapping[str, Recording]:
    """Return the recording of each framework, of the version that entries name if
    there is one, else of the last by name.
    """
    found: dict[str, Recording] = {}
    for path in sorted(FOLDER.glob("*.json")):
        recording = Recording(**documents.load(path))
        held = found.get(recording.framework)
        if held is None or held.version != FRAMEWORKS[held.framework].seen:
            found[recording.framework] = recording
    return found


def encoded(result: Any) -> Json:
    """Write a result as JSON; what JSON lacks is a mapping with one key.

    Raises:
        NetspecError: an array is too large, or of a kind that has no numbers.
    """
    if isinstance(result, Raised):
        return {"raised": CLOCK.sub("", str(result))}
    if isinstance(result, tuple):
        return {"tuple": [*map(encoded, result)]}
    if isinstance(result, float) and not math.isfinite(result):
        return {"float": str(result)}
    if result is None or type(result) in (str, int, float, bool):
        return result
    array = np.asarray(result)
    if array.dtype.kind not in "fiub" or array.size > MOST_VALUES:
        raise NetspecError(
            f"an array of {array.size:,} {array.dtype} cannot be recorded, at most"
            f" {MOST_VALUES:,} numbers can; let the snippet give what the relation"
            " asks of it"
        )
    return {"array": str(array.dtype), "shape": [*array.shape]} | _values(array)


def _values(array: np.ndarray) -> Json:
    if array.size <= LISTED:
        return {"values": [*map(_number, array.ravel())]}
    packed = zlib.compress(np.ascontiguousarray(array).tobytes(), 9)
    return {"zlib": base64.b64encode(packed).decode()}


def _number(value: Any) -> Json:
    """Write a number by the fewest digits that give it back."""
    if value.dtype.kind == "f":
        text = str(value)
        return float(text) if math.isfinite(value) else text
    return value.item()


def decoded(document: Json) -> Any:
    """Read a result that `encoded` wrote."""
    match document:
        case {"raised": text}:
            return Raised(text)
        case {"tuple": items}:
            return tuple(map(decoded, items))
        case {"float": text}:
            return float(text)
        case {"array": dtype, "shape": shape, "zlib": packed}:
            unpacked = zlib.decompress(base64.b64decode(packed))
            return np.frombuffer(unpacked, dtype).reshape(shape).copy()
        case {"array": dtype, "shape": shape, "values": values}:
            numbers = [float(v) if isinstance(v, str) else v for v in values]
            return np.array(numbers, dtype).reshape(shape)
    return document
