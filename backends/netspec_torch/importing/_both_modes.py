"""What a module computes in evaluation and in training, compared.

Where both are one function but for layers that draw at random, that of training is
taken: it alone has all of them. Where they are not, what training has besides is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from netspec.errors import Obstacle
from netspec.importing import INPUT, Item
from netspec.layers import Layer
from netspec_torch.importing.layers import in_evaluation

Entry = tuple[Hashable, ...]


@dataclass(frozen=True)
class Mode:
    """What was read of the graph of one mode.

    Attributes:
        items: every value, in order.
        key: of the output that is meant.
        notes: what is to be said.
        others: the other outputs.
    """

    items: tuple[Item, ...]
    key: str
    notes: tuple[str, ...]
    others: tuple[str, ...]

    def live(self) -> list[Item]:
        """Return the items that the output depends on, in order."""
        wanted, found = {self.key}, []
        for item in reversed(self.items):
            if item.key in wanted:
                wanted.update(item.reads)
                found.append(item)
        return found[::-1]

    def entries(self) -> list[tuple[Entry, Item]]:
        """Return what each item but those that draw at random is, and its item."""
        places = {INPUT: 0}
        found: list[tuple[Entry, Item]] = []
        for item in self.live():
            reads = tuple(places[key] for key in item.reads)
            if item.made is None or _passes(item):
                places[item.key] = reads[0]
                continue
            places[item.key] = len(found) + 1
            origins = tuple(weight.origin for weight in item.weights.values())
            problem = isinstance(item.made, Obstacle)
            made = item.operation if problem else in_evaluation(item.made)
            found.append(((item.module, made, origins, reads), item))
        return found


def _passes(item: Item) -> bool:
    """Tell whether evaluation leaves out what a layer does."""
    return isinstance(item.made, Layer) and item.made.random and not item.weights


def of_both(
    kept: Mode, trained: Mode, evaluation_only: bool
) -> tuple[Mode, tuple[Obstacle, ...], tuple[str, ...]]:
    """Choose what is imported.

    Args:
        kept: what was read of evaluation.
        trained: what was read of training.
        evaluation_only: whether what training has besides may be left out.

    Returns:
        One of the two, what stands in the way, and what training has besides.
    """
    before, after = kept.entries(), trained.entries()
    if [entry for entry, _ in before] == [entry for entry, _ in after]:
        return trained, (), ()
    extra = _besides(after, before) or _besides(before, after)
    only = tuple(f"{item.module}: {item.operation}" for item in extra)
    if not only:
        only = ("values are connected otherwise",)
    if evaluation_only:
        return kept, (), only
    problems = tuple(
        item.problem(
            "is not the same in evaluation and training; evaluation_only=True, on the"
            " command line --evaluation-only, imports what evaluation computes"
        )
        for item in extra
    )
    return kept, problems or (Obstacle("", "training", None, only[0]),), only


def _besides(
    these: list[tuple[Entry, Item]], those: list[tuple[Entry, Item]]
) -> list[Item]:
    """Return the items of one mode that the other has not, wherever they stand."""
    left = Counter(entry[:-1] for entry, _ in those)
    found = []
    for entry, item in these:
        left[entry[:-1]] -= 1
        if left[entry[:-1]] < 0:
            found.append(item)
    return found
