"""What an entry may have besides, so that one can teach with it."""

from __future__ import annotations

from collections.abc import Mapping

from netspec.declare import Declared, Field, FrozenDict, declare
from netspec.declare.rules import BOOL, choice, optional
from netspec.differences._frameworks import TEXT
from netspec.differences._rules import (
    EXPRESSION,
    EXPRESSIONS,
    ISSUE,
    LESSON,
    NUMBERS,
    VARIABLE,
)
from netspec.errors import SpecError, shorten


@declare
class Choice(Declared):
    """One of the answers among which a reader chooses.

    Attributes:
        value: a Python expression over the results of the witness, each under the name
            of its framework, and the names of the setup.
        because: why it is right; of a wrong one, the misconception that leads to it.
        right: True for the one that is right.
    """

    value: Field[str, str] = Field(EXPRESSION)
    because: Field[str, str] = Field(TEXT)
    right: Field[bool, bool] = Field(BOOL, default=False)


@declare
class Play(Declared):
    """A picture with a slider, computed from formulas.

    The expressions see `np`, the names of the setup, the variables of `slider` and
    `across`, a number and an array, and ``windows(size, kernel, stride, before,
    count)``, which makes a grid of them.

    Attributes:
        kind: ``"curve"`` (each formula gives a value for each of `across`), ``"bars"``
            (one value) or ``"grid"`` (rows of cells, such as one for each window, with
            1 where a value is read, 2 where padding, else 0; the first column and the
            last are of padding alone).
        says: what is seen, in one sentence.
        slider: the variable that the reader moves, and its values.
        across: the variable of the horizontal axis, and its values; curves alone.
        formulas: what is drawn, by framework or other label.
        at: values of the variables at which frameworks were asked.
        seen: by label, a Python expression over the results of the witness that gives
            what the formula gives at `at`.
    """

    kind: Field[str, str] = Field(choice("curve", "bars", "grid"))
    says: Field[str, str] = Field(TEXT)
    slider: Field[Mapping[str, str], FrozenDict[str, str]] = Field(VARIABLE)
    formulas: Field[Mapping[str, str], FrozenDict[str, str]] = Field(EXPRESSIONS)
    across: Field[Mapping[str, str] | None, FrozenDict[str, str] | None] = Field(
        optional(VARIABLE), default=None
    )
    at: Field[Mapping[str, float] | None, FrozenDict[str, float] | None] = Field(
        optional(NUMBERS), default=None
    )
    seen: Field[Mapping[str, str] | None, FrozenDict[str, str] | None] = Field(
        optional(EXPRESSIONS), default=None
    )

    def __post_init__(self) -> None:
        if bool(self.across) != (self.kind == "curve"):
            raise SpecError(
                "across is the horizontal axis of a curve; give it there and nowhere"
                f" else, received kind {shorten(self.kind)}"
            )
        if bool(self.at) != bool(self.seen):
            raise SpecError("at and seen need each other; give both or neither")
        variables = {*self.slider, *(self.across or ())}
        if self.at and set(self.at) != variables:
            raise SpecError(
                f"at must give {' and '.join(sorted(variables))},"
                f" received {', '.join(map(shorten, self.at))}"
            )
        strange = set(self.seen or ()) - set(self.formulas)
        if strange:
            raise SpecError(f"seen names {shorten(strange.pop())}, which formulas lack")


@declare
class Matters(Declared):
    """A measured result that shows what the difference does to training.

    Attributes:
        lesson: the script that measures it, in ``examples/lessons``, such as
            ``"containers/adam"``.
        claim: which of the claims of the lesson, word for word.
    """

    lesson: Field[str, str] = Field(LESSON)
    claim: Field[str, str] = Field(TEXT)


@declare
class Sighting(Declared):
    """A public issue of somebody who met the difference.

    Attributes:
        url: of an issue, pull request or discussion on GitHub.
        says: what happened there, in one sentence.
    """

    url: Field[str, str] = Field(ISSUE)
    says: Field[str, str] = Field(TEXT)


@declare
class Exercise(Declared):
    """A task with its key.

    Attributes:
        task: what to do.
        key: the answer.
        check: a Python expression over the results of the witness that is true if the
            key is.
    """

    task: Field[str, str] = Field(TEXT)
    key: Field[str, str] = Field(TEXT)
    check: Field[str | None, str | None] = Field(optional(EXPRESSION), default=None)
