"""What frameworks call each layer: recorded, so that pages need none of them.

``recorded/<framework>-<version>.json`` holds, for each layer, the call, its signature,
the function that JAX lacks, and the framework's own names of the parameters; and for
each entry of the registry that has a spec, the calls that it becomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from netspec.site._frameworks import frameworks
from netspec.spec import Spec, documents

FOLDER = Path(__file__).with_name("recorded")


@dataclass(frozen=True)
class Native:
    """A layer in a framework.

    Attributes:
        digest: of the spec that was lowered; empty for a name without a call.
        call: as an exported file has it, comments above it.
        name: of what is nearest to the layer, as `netspec layers` has it; else of what
            is called.
        signature: parameters with their defaults as source; ``""`` without one.
        weights: statements that draw the first weights.
        source: the function that an exported file carries along for the call.
        parameters: by canonical name: the framework's name, its shape, and the axes of
            the canonical array in the order of the framework's.
    """

    digest: str
    call: str
    name: str
    signature: Mapping[str, str] = field(default_factory=dict)
    weights: str = ""
    source: str = ""
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """What one framework calls everything.

    Attributes:
        framework: its name.
        version: on which it was asked.
        date: of the day.
        layers: by the name of the layer.
        specs: by entry: digest of its spec, and its calls or the refusal.
    """

    framework: str
    version: str
    date: str
    layers: Mapping[str, Native]
    specs: Mapping[str, Mapping[str, str]]

    def __str__(self) -> str:
        return f"recorded on {self.version}, {self.date}"

    def layer(self, name: str, spec: Spec) -> Native | None:
        """Return a layer; None if there is none, or it is of another spec."""
        found = self.layers.get(name)
        return found if found and found.digest in ("", spec.digest) else None

    def calls(self, entry: str, spec: Spec) -> str:
        """Return what the spec of an entry becomes; empty if it was not recorded."""
        found = self.specs.get(entry, {})
        return found["calls"] if found.get("digest") == spec.digest else ""


@cache
def natives() -> Mapping[str, Recorded]:
    """Return the recording of each framework, of the last version by name, in the order
    of the columns.
    """
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        told = documents.load(path)
        layers = {name: Native(**native) for name, native in told["layers"].items()}
        found[told["framework"]] = Recorded(**told | {"layers": layers})
    return {name: found[name] for name in frameworks() if name in found}
