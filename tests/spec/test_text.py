"""YAML and JSON documents: what is read, what is refused, what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec import Spec, SpecError, load
from netspec.fuzzing.strategies import specs
from netspec.spec import documents

HEAD = "netspec: 1\nname: a\ninput_shape: [3]\n"
BODY = "layers:\n- {type: Dense, units: 3}\n"

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(anything)
def test_yaml_gives_a_document_back(document: Any) -> None:
    again = documents.parse_yaml(documents.to_yaml(document))
    assert repr(again) == repr(document)  # 1 is not 1.0, 0.0 is not -0.0


@given(anything)
def test_json_gives_a_document_back(document: Any) -> None:
    assert repr(documents.parse_json(documents.to_json(document))) == repr(document)


@given(specs(), st.sampled_from(["model.yaml", "model.yml", "model.json"]))
def test_a_saved_spec_loads(
    tmp_path_factory: pytest.TempPathFactory, spec: Spec, name: str
) -> None:
    path = tmp_path_factory.mktemp("specs") / name
    spec.save(path)
    assert load(path) == spec


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1e-5", 1e-5), ("1E5", 1e5), (".5", 0.5), ("5.", 5.0), ("+3", 3), ("-0", 0),
        ("010", 10), ("no", "no"), ("yes", "yes"), ("on", "on"), ("True", True),
        ("null", None), ("~", None), ("", None), ("1:30", "1:30"), ("1_000", "1_000"),
        ("0x10", "0x10"), ("0b1", "0b1"), ("2001-12-14", "2001-12-14"), ("=", "="),
        ("<<", "<<"), ("1e5x", "1e5x"), (".inf", float("inf")), ("'3'", "3"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(written: str, read: object) -> None:
    held = documents.parse_yaml(f"key: {written}")["key"]
    assert held == read
    assert type(held) is type(read)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + BODY,
        "\ufeff" + HEAD + BODY,
        (HEAD + BODY).replace("\n", "\r\n"),
        (HEAD + BODY).replace("\n", "\r"),
        "---\n" + HEAD + BODY + "...\n",
        "# yaml-language-server: $schema=netspec.json\n" + HEAD + BODY,
        "{netspec: 1, name: a, input_shape: [3], layers: [{type: Dense, units: 3}]}",
    ],
)
def test_forms_of_one_spec(tmp_path: Path, content: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(content.encode())
    assert load(path) == Spec.from_dict(documents.parse_yaml(HEAD + BODY))


def test_json_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    spec = Spec.from_dict(documents.parse_yaml(HEAD + BODY))
    path = tmp_path / "spec.json"
    path.write_bytes(b"\xef\xbb\xbf" + spec.to_json().encode())
    assert load(path) == spec


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

REFUSED_YAML = {
    BOMB: "aliases are refused; write it out (line 2)",
    HEAD + "layers:\n- &a {type: ReLU}\n- *a\n": "aliases are refused",
    "a: !!python/object/apply:os.system [id]": "tags are refused",
    "a: !!python/name:os.system": "tags are refused",
    "a: !!binary aGk=": "tags are refused",
    "a: !!set {b}": "tags are refused",
    "a: !!timestamp x": "tags are refused",
    "a: ! b": "tags are refused",
    "a: 1\nb: 2\na: 3": "the key 'a' stands twice (line 3)",
    "a: [{b: 1, b: 2}]": "the key 'b' stands twice",
    "1: a": "keys must be text, received 1",
    "true: a": "keys must be text, received True",
    "? [a]\n: b": "keys must be text, received ['a']",
    "a: 1\n---\na: 2": "expected a single document",
    "[" * 10_000: "nested more than 64 levels deep",
    "[" * 200_000: "nested more than 64 levels deep",
    "- " * 10_000: "nested more than 64 levels deep",
    "{a: " * 10_000: "nested more than 64 levels deep",
    "a:\t1\n\tb: 2": "that cannot start any token (line 1)",
    "a: 'b": "unexpected end of stream (line 1)",
    "a: b: c": "mapping values are not allowed here (line 1)",
    'a: "\\UFFFFFFFF"': "not valid YAML",
    'a: "\\U00110000"': "not valid YAML",
    "a: \x00": "not valid YAML",
    "a: " + "9" * 10_000: "a number is too long (line 1)",
}

REFUSED_JSON = {
    "": "not valid JSON",
    "{} {}": "not valid JSON: Extra data",
    '{"a": 1,}': "not valid JSON",
    "// a\n{}": "not valid JSON",
    '{"a": NaN}': "NaN is not a number",
    '{"a": -Infinity}': "-Infinity is not a number",
    '{"a": {"b": 1, "b": 2}}': "the key 'b' stands twice",
    "[" * 100_000: "nested more than 64 levels deep",
    '{"a":' * 100_000: "nested more than 64 levels deep",
    "9" * 10_000: "a number is too long",
}


def shown(source: str) -> str:
    return source[:30]


@pytest.mark.parametrize(("source", "problem"), REFUSED_YAML.items(), ids=shown)
def test_yaml_that_is_refused(source: str, problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        documents.parse_yaml(source)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("source", "problem"), REFUSED_JSON.items(), ids=shown)
def test_json_that_is_refused(source: str, problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        documents.parse_json(source)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text() | st.text("[]{}:,-&*!|>'\"%@`#?\\ \n\tab01.~"))
def test_any_text_is_read_or_refused(source: str) -> None:
    for parse in (documents.parse_yaml, documents.parse_json):
        try:
            parse(source)
        except SpecError as error:
            said = str(error)
            assert said


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "holds no document"),
        (b"# only a comment\n", "holds no document"),
        (b"name: \xe9", "a spec is UTF-8 text"),
        ((HEAD + BODY).encode("utf-16"), "a spec is UTF-8 text"),
        (b"#" * (17 * 2**20), "at most 16 MiB"),
        (b"[1]", "a spec must be a mapping, received [1]"),
    ],
    ids=lambda value: shown(str(value)),
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)


def test_errors_in_a_file_name_the_file_and_the_layer(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + "layers:\n- {type: Dense, units: 0}\n")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: layers[0] Dense(units=0): units must be a positive integer,"
        " received 0 (line 5)"
    )


def test_documents_that_share_parts_are_checked_in_time() -> None:
    shared: list[Any] = []
    for _ in range(60):
        shared = [shared, shared]
    documents.check_depth(shared)  # 2^60 paths, 60 lists
