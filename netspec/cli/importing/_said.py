"""What a report says of an import, on a terminal as on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netspec.spec import footer, shape_text

if TYPE_CHECKING:
    from netspec.importing import Imported

HEADERS = ("parameter", "original name")
ORDINARY = "how its weights started; netspec init draws as it does for any new spec"


class Said(NamedTuple):
    """Sentences of a report.

    Attributes:
        title: what came in, from where.
        facts: its sizes.
        lists: notes, and what is lost, by header; those that are empty are left out.
    """

    title: str
    facts: str
    lists: Mapping[str, Sequence[str]]


def said_of(found: Imported, source: Sequence[str]) -> Said:
    """Word a report.

    Args:
        found: what was imported.
        source: the words that named it.
    """
    spec = found.spec
    dtypes = {str(array.dtype) for array in found.params.values()} or {"no weights"}
    facts = (
        f"{shape_text(spec.input_shape)} to {shape_text(spec.output_shape)}",
        *sorted(dtypes),
        footer(spec.graph),
        f"digest {spec.digest[:12]}",
    )
    lists = {
        "Tied": [f"{path} is {owner}" for path, owner in spec.ties.items()],
        "Notes": found.notes,
        "Lost, as the output does not depend on it": found.unused,
        "Lost, as only training has it": found.training_only,
        "Lost always": (ORDINARY,),
    }
    return Said(
        f"{spec.name}: imported from {' and '.join(source)}",
        " · ".join(facts),
        {header: lines for header, lines in lists.items() if lines},
    )
