"""Entries of the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netspec.declare import Declared, Field, FrozenDict, declare
from netspec.declare.rules import TITLE, choice, optional, sequence
from netspec.differences._frameworks import FRAMEWORKS, TEXT
from netspec.differences._rules import (
    ABOUT,
    CODE,
    DEVICE,
    EXAMPLE,
    EXPRESSION,
    FRAMEWORK,
    HANDLING,
    ID,
    LEVEL,
    LEVELS,
    NONE,
    NUMERICS,
    SNIPPETS,
    TOPICS,
    nested,
)
from netspec.differences._teaching import Choice, Exercise, Matters, Play, Sighting
from netspec.errors import SpecError, shorten

CHOICE = nested(Choice, "a choice: value, because, and right for one of them")
PLAY = nested(Play, "a picture: kind, says, slider, formulas")
MATTERS = nested(Matters, "a measured result: lesson and claim")
SIGHTING = nested(Sighting, "a public issue: url, and what it says")
EXERCISE = nested(Exercise, "an exercise: task and key")


@declare
class Difference(Declared):
    """A difference between frameworks that is known, explained and witnessed.

    Attributes:
        id: lower-case words joined by hyphens.
        title: the difference in one line.
        about: the types of layers, or the topic, that it concerns.
        cause: why the frameworks differ.
        formula: how far, as a formula in plain text.
        handling: ``"exact"`` (netspec makes the frameworks agree), ``"declared"`` (they
            differ, by the formula) or ``"refused"`` (an error says why).
        advice: what to do when porting.
        witness: code that shows the difference, by framework.
        relation: a Python expression that is true of the results of the witness, each
            under the name of its framework.
        setup: code that comes before each snippet and before the relation.
        raises: the frameworks whose snippet raises; the error is its result.
        spec: the document of a spec, without its format version and name, for which
            `handling` is true in each of `backends`.
        backends: backends in which `spec` shows what `handling` says.
        dtype: dtype in which `spec` shows it.
        numerics: the field of `netspec.contract.Numerics` by which a backend declares
            this difference.
        devices: the kinds of devices on which it was seen; ``"any"`` where it is a
            matter of names, shapes and options, which no device computes.
        level: ``"beginner"``, ``"intermediate"`` or ``"advanced"``.
        after: ids of the entries to read before this one.
        question: asks for a result of the witness, before it is shown.
        choices: the answers to `question`, one of which is right.
        play: a picture with a slider.
        matters: measured results of lessons: what it does to training.
        wild: public issues of those who met it.
        exercise: a task with its key.
        equal: code by framework that gives the same in all of them, where no spec can.
    """

    id: Field[str, str] = Field(ID)
    title: Field[str, str] = Field(TITLE)
    about: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(ABOUT, f"a list of types of layers, or of {', '.join(TOPICS)}")
    )
    cause: Field[str, str] = Field(TEXT)
    formula: Field[str, str] = Field(TEXT)
    handling: Field[str, str] = Field(HANDLING)
    advice: Field[str, str] = Field(TEXT)
    witness: Field[Mapping[str, str], FrozenDict[str, str]] = Field(SNIPPETS)
    relation: Field[str, str] = Field(EXPRESSION)
    setup: Field[str | None, str | None] = Field(optional(CODE), default=None)
    raises: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(FRAMEWORK, "a list of frameworks", least=0), default=NONE
    )
    spec: Field[Mapping[str, Any] | None, FrozenDict[str, Any] | None] = Field(
        optional(EXAMPLE), default=None
    )
    backends: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(FRAMEWORK, "a list of frameworks", least=0), default=NONE
    )
    dtype: Field[str, str] = Field(choice("float32", "float64"), default="float64")
    numerics: Field[str | None, str | None] = Field(optional(NUMERICS), default=None)
    devices: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(DEVICE, "a list of any, cpu, gpu and tpu"), default=("cpu",)
    )
    level: Field[str, str] = Field(LEVEL, default=LEVELS[-1])
    after: Field[Sequence[str], tuple[str, ...]] = Field(
        sequence(ID, "a list of ids", least=0), default=NONE
    )
    question: Field[str | None, str | None] = Field(optional(TEXT), default=None)
    choices: Field[Sequence[Choice], tuple[Choice, ...]] = Field(
        sequence(CHOICE, "a list of 2 to 5 choices", least=0, most=5), default=()
    )
    play: Field[Play | None, Play | None] = Field(optional(PLAY), default=None)
    matters: Field[Sequence[Matters], tuple[Matters, ...]] = Field(
        sequence(MATTERS, "a list of measured results", least=0), default=()
    )
    wild: Field[Sequence[Sighting], tuple[Sighting, ...]] = Field(
        sequence(SIGHTING, "a list of public issues", least=0), default=()
    )
    exercise: Field[Exercise | None, Exercise | None] = Field(
        optional(EXERCISE), default=None
    )
    equal: Field[Mapping[str, str] | None, FrozenDict[str, str] | None] = Field(
        optional(SNIPPETS), default=None
    )

    def __post_init__(self) -> None:
        self._check_teaching()
        strange = set(self.raises) - set(self.witness)
        if strange:
            raise SpecError(
                f"raises names {shorten(strange.pop())}, which the witness lacks"
            )
        if bool(self.spec) != bool(self.backends):
            raise SpecError("spec and backends need each other; give both or neither")
        if self.numerics and self.handling != "declared":
            raise SpecError(
                f"numerics need handling 'declared', received {shorten(self.handling)}"
            )

    def _check_teaching(self) -> None:
        if bool(self.question) != bool(self.choices):
            raise SpecError("question and choices need each other; give both")
        right = sum(choice.right for choice in self.choices)
        if self.choices and (right != 1 or len(self.choices) < 2):
            raise SpecError(
                "choices must be 2 to 5, of which one is right,"
                f" received {len(self.choices)}, {right} of them right"
            )
        if self.id in self.after:
            raise SpecError(f"after names {shorten(self.id)}, the entry itself")
        strange = set(self.equal or ()) - set(self.witness)
        if strange:
            raise SpecError(
                f"equal names {shorten(strange.pop())}, which the witness lacks"
            )

    def __hash__(self) -> int:  # the document of a spec has no hash
        return hash(self.id)

    @property
    def frameworks(self) -> dict[str, str]:
        """The frameworks that differ, each with the version on which that was seen."""
        return {name: FRAMEWORKS[name].seen for name in self.witness}
