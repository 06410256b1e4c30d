"""Known differences between frameworks: data, each with a witness that runs.

for entry in entries():
    assert witness(entry).holds, entry.title
"""

from netspec.divergence.entry import Divergence
from netspec.divergence.registry import entries, find
from netspec.divergence.witness import Witness, witness

__all__ = ["Divergence", "Witness", "entries", "find", "witness"]
