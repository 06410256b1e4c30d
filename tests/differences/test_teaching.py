"""What one teaches with: questions, pictures, exercises, measured results."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessons.lib import TEXTS
from netspec import Dense, NetspecError, Residual, Spec
from netspec.differences import (
    LEVELS,
    Choice,
    Difference,
    Play,
    Raised,
    course,
    entries,
    equalized,
    find,
    groups,
    in_words,
    lessons,
    measured,
    options,
    points,
    recall,
    select,
    table,
    tell,
    topics,
    touched,
    value,
)

LESSONS = Path(__file__).parents[2] / "examples" / "lessons"
MOMENTUM = find("batchnorm-momentum")
ASKED = [entry for entry in entries() if entry.question]
PLAYED = [entry for entry in entries() if entry.play]
SIZE = {"curve": 700, "bars": 60, "grid": 2000}  # numbers, so that pages stay small


def each(chosen: list[Difference]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", chosen, ids=lambda entry: entry.id)


def test_the_course_has_what_one_teaches_with() -> None:
    assert len(course()) == len(set(course())) == 25
    for entry in course():
        assert entry.question, entry.id
        assert entry.exercise, entry.id
        assert entry.play, entry.id
        assert entry.wild, entry.id
        assert entry.spec or entry.equal, entry.id
        assert entry.level != LEVELS[-1], entry.id


def test_what_comes_before_in_the_course_comes_before() -> None:
    place = {entry.id: index for index, entry in enumerate(course())}
    for entry in course():
        assert all(place[before] < place[entry.id] for before in entry.after)


def named(expression: str) -> set[str]:
    nodes = ast.walk(ast.parse(f"({expression}\n)"))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


@each(ASKED)
def test_wrong_answers_are_what_others_give(entry: Difference) -> None:
    answers = options(entry, recall(entry).results)
    assert len({answer.text for answer in answers}) == len(entry.choices) >= 3
    assert [a.letter for a in answers] == [*"abcde"[: len(answers)]]
    assert [answer.right for answer in answers].count(True) == 1
    right = next(choice for choice in entry.choices if choice.right)
    others = [named(c.value) for c in entry.choices if not c.right]
    assert named(right.value) & set(entry.witness)
    assert any(names & set(entry.witness) for names in others)


def test_the_right_answer_is_not_always_at_the_same_place() -> None:
    told = [options(entry, recall(entry).results) for entry in ASKED]
    places = [next(o.letter for o in one if o.right) for one in told]
    assert max(map(places.count, "abc")) < 0.6 * len(places)


@each(PLAYED)
def test_formulas_give_what_the_frameworks_gave(entry: Difference) -> None:
    for label, point in points(entry, recall(entry).results).items():
        # the deviation of a sample is off by chance, up to 2 % of it in 1e5 values
        assert np.allclose(point.formula, point.seen, rtol=0.02, atol=0), label


@each(PLAYED)
def test_tables_are_small_and_complete(entry: Difference) -> None:
    found = table(entry)
    assert found is not None
    assert entry.play is not None
    assert found.series.keys() == entry.play.formulas.keys()
    assert all(len(stops) == len(found.stops) for stops in found.series.values())
    assert sum(map(_count, found.series.values())) < SIZE[found.kind]
    at = entry.play.at
    assert at is None or at[found.slider] in found.stops


def _count(value: object) -> int:
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


@pytest.mark.parametrize("end", [0, -1])
@each([entry for entry in PLAYED if entry.play and entry.play.kind != "grid"])
def test_ends_of_a_slider_are_the_formula(entry: Difference, end: int) -> None:
    found = table(entry)
    assert found is not None
    assert entry.play is not None
    for label, formula in entry.play.formulas.items():
        held = found.series[label][end]
        for index, point in enumerate(found.points or (None,)):
            at = {found.slider: found.stops[end], found.across: point}
            wanted = held if point is None else held[index]
            assert value(entry, formula, at) == pytest.approx(wanted)


def test_a_grid_marks_what_windows_read() -> None:
    found = table(find("conv-same-padding"))
    assert found is not None
    first = {label: stops[0] for label, stops in found.series.items()}
    assert first == {
        "torch": [[2, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 0]],
        "jax": [[0, 1, 1, 1, 0, 0], [0, 0, 0, 1, 1, 2]],
    }


@each([entry for entry in entries() if entry.exercise and entry.exercise.check])
def test_the_key_of_an_exercise_is_right(entry: Difference) -> None:
    assert entry.exercise is not None
    assert entry.exercise.check is not None
    assert value(entry, entry.exercise.check, recall(entry).results)


@each([entry for entry in entries() if entry.equal])
def test_what_is_to_be_equal_is(entry: Difference) -> None:
    first, *others = equalized(entry).values()
    for other in others:
        assert np.allclose(first, other, rtol=1e-5, atol=0)


def test_measured_results_are_of_lessons_that_are_there() -> None:
    found = [(entry, *one) for entry in entries() for one in measured(entry)]
    assert len(found) >= 33
    for _, lesson, claim, numbers, _ in found:
        assert (LESSONS / f"{lesson}.py").is_file()
        assert lessons()[lesson][claim] == numbers != ""


def test_each_of_the_course_has_a_lesson_on_what_it_costs() -> None:
    sections = [*TEXTS["porting"]["sections"].values()]
    assert sections == [entry.id for entry in course()]
    found = re.findall(
        r"^\| (?:\d+ (\S+))? \| (.+?) \| .+? \| \[\w+\]\((porting/\w+)\.py\) \|$",
        (LESSONS / "README.md").read_text("utf-8"),
        re.M,
    )
    claimed: dict[str, list[tuple[str, str]]] = {}
    section = ""
    for name, claim, lesson in found:
        section = name or section
        claimed.setdefault(section, []).append((lesson, claim))
    for entry in course():
        told = [(one.lesson, one.claim) for one in measured(entry)]
        assert told[: len(claimed[entry.id])] == claimed[entry.id]


def test_a_measured_result_says_on_what() -> None:
    (one, *_) = measured(MOMENTUM)
    assert re.match(r"gluon \d[\d.]*, jax \d[\d.]*, torch \d[^,]*, [^,]+$", one.on)


def test_sightings_stand_once_in_an_entry() -> None:
    for entry in entries():
        urls = [sighting.url for sighting in entry.wild]
        assert len(urls) == len(set(urls)), entry.id


def test_a_choice_that_cannot_be_computed_is_named() -> None:
    with pytest.raises(NetspecError, match="momentum: the choice 'torch' cannot be"):
        options(MOMENTUM, {"gluon": np.ones(1)})
    assert options(find("relu-nan"), {}) == ()


def test_a_formula_that_does_not_fit_its_picture_is_named() -> None:
    assert MOMENTUM.play is not None
    for formula, shape in (("momentum", r"\(\)"), ("batches / 0", r"\(21,\)")):
        wrong = replace(MOMENTUM.play, formulas={"torch": formula}, at=None, seen=None)
        with (
            np.errstate(all="ignore"),
            pytest.raises(NetspecError, match=f"of torch must give .* shape {shape}"),
        ):
            table(replace(MOMENTUM, play=wrong))


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Raised("RuntimeError: padding"), "an error, RuntimeError"),
        (np.array([0.25]), "0.25"),
        (np.array([[1.0, 2.5]]), "[[1, 2.5]]"),
        ((2, 3), "(2, 3)"),
        ((5,), "(5,)"),
        (np.float32(1 / 3), "0.3333"),
        (True, "True"),
        ("words", "words"),
    ],
)
def test_results_in_words(result: object, text: str) -> None:
    assert in_words(result) == text


def test_words_come_behind_numbers() -> None:
    entry = replace(
        MOMENTUM,
        choices=[
            Choice(value="'words'", because="."),
            Choice(value="np.array([2.0])", because=".", right=True),
            Choice(value="1", because="."),
        ],
    )
    assert [option.text for option in options(entry, {})] == ["1", "2", "words"]


def test_a_name_selects_an_entry_a_topic_or_a_group() -> None:
    assert select("batchnorm-momentum") == (MOMENTUM,)
    assert select("batchnorm") == select("BatchNorm") == topics()["BatchNorm"]
    assert select("layer-libraries") == groups()["layer-libraries"]
    with pytest.raises(NetspecError, match="did you mean 'BatchNorm'"):
        select("BatchNrom")


def test_every_entry_is_in_one_group() -> None:
    grouped = [entry for held in groups().values() for entry in held]
    assert tuple(grouped) == entries()


def test_entries_that_touch_a_net_say_where() -> None:
    spec = Spec("net", (3,), [Residual([Dense(3)]), Dense(2)])
    found = touched(spec)
    assert found[find("dense-flatten")] == ("0.body.0", "1")
    assert MOMENTUM not in found
    assert touched(spec, [MOMENTUM]) == {}


def test_all_that_is_told_without_running_anything() -> None:
    told = tell(MOMENTUM, live=False)
    assert told.witness.holds
    assert set(told.witness.recorded) == {"gluon", "torch"}
    document = told.document()
    assert document["results"]["torch"]["recorded"].startswith("recorded on 2.13.0, 20")
    assert document["options"][1]["right"]


def pictures() -> Iterator[tuple[dict[str, object], str]]:
    """Pictures that break a rule, and what is said of them."""
    curve: dict[str, object] = {
        "kind": "curve",
        "says": "A line.",
        "slider": {"a": "[1, 2]"},
        "across": {"b": "[1, 2]"},
        "formulas": {"torch": "a * b"},
    }
    yield curve | {"kind": "bars"}, "across is the horizontal axis of a curve"
    yield curve | {"across": None}, "across is the horizontal axis of a curve"
    yield curve | {"kind": "pie"}, "kind must be one of 'curve', 'bars', 'grid'"
    yield curve | {"at": {"a": 1}}, "at and seen need each other"
    yield curve | {"slider": {}}, "slider must be a mapping from the name of one var"
    yield curve | {"slider": {"a b": "1"}}, "slider must be a mapping from the name"
    yield curve | {"formulas": {"torch": "a *"}}, "formulas must be a mapping from nam"
    both = curve | {"seen": {"torch": "torch"}}
    yield both | {"at": {"a": 1}}, "at must give a and b, received 'a'"
    yield both | {"at": {"a": "1", "b": 2}}, "at must be a mapping from names of var"
    strange = {"at": {"a": 1, "b": 1}, "seen": {"jax": "jax"}}
    yield curve | strange, "seen names 'jax', which formulas lack"


@pytest.mark.parametrize(("fields", "problem"), [*pictures()])
def test_a_picture_that_breaks_a_rule(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(NetspecError, match=problem):
        Play(**fields)  # type: ignore[arg-type]
