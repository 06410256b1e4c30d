"""YAML and JSON documents, read strictly and safely.

YAML is read with the 1.2 core schema: plain PyYAML reads ``1e-5`` as a string, ``no``
as false and ``010`` as 8. Aliases, tags and nesting beyond 64 levels are refused from
the event stream, before anything is composed, so that a small file can neither ask
for a large tree nor for a Python object. The loader is the one in Python on purpose:
the one in C crashes on 200,000 nested brackets.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from netspec._system import write_atomically
from netspec.declare import MAX_DEPTH
from netspec.errors import SpecError, shorten

Json = Any

LARGEST_FILE = 16 * 2**20


class CoreLoader(yaml.SafeLoader):
    """SafeLoader with the scalars of the YAML 1.2 core schema and no repeated key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise SpecError(
                    f"keys must be text, received {shorten(key)}{_at(key_node)}"
                )
            if key in seen:
                raise SpecError(f"the key {shorten(key)} stands twice{_at(key_node)}")
            seen.add(key)
        return super().construct_mapping(node, deep)


CoreLoader.yaml_implicit_resolvers = {}

_NUMBER = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    (
        "float",
        rf"{_NUMBER}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), first
    )


def _construct_int(loader: CoreLoader, node: yaml.ScalarNode) -> int:
    return _parse_int(node.value, _at(node))


CoreLoader.add_constructor("tag:yaml.org,2002:int", _construct_int)


def _parse_int(digits: str, where: str = "") -> int:
    try:
        return int(digits)
    except ValueError:  # over 4300 digits
        raise SpecError(f"a number is too long{where}") from None


def _at(node: yaml.Node | yaml.Event) -> str:
    return f" (line {node.start_mark.line + 1})" if node.start_mark else ""


def parse_yaml(source: str) -> Json:
    """Read one YAML document.

    Raises:
        SpecError: not YAML, or YAML with aliases, tags, repeated keys or deep nesting.
    """
    try:
        _check_events(source)
        return yaml.load(source, CoreLoader)  # noqa: S506 (a SafeLoader)
    except SpecError:
        raise
    except yaml.MarkedYAMLError as error:
        said = " ".join(filter(None, (error.context, error.problem)))
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError(f"not valid YAML: {said} (line {line})") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML does not catch the error that chr() raises for "\UFFFFFFFF"
        raise SpecError(f"not valid YAML: {_one_line(error)}") from None


def _check_events(source: str) -> None:
    depth = 0
    for event in yaml.parse(source, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise SpecError(f"YAML aliases are refused; write it out{_at(event)}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise SpecError(
                f"YAML tags are refused, received {shorten(tag)}; write the value"
                f" alone{_at(event)}"
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise SpecError(f"nested more than {MAX_DEPTH} levels deep{_at(event)}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def parse_json(source: str) -> Json:
    """Read one JSON document.

    Raises:
        SpecError: not JSON, or JSON with a repeated key or deep nesting.
    """
    try:
        return json.loads(
            source,
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_parse_int,
        )
    except SpecError:
        raise
    except RecursionError:
        raise SpecError(f"nested more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:
        raise SpecError(f"not valid JSON: {_one_line(error)}") from None


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SpecError(f"the key {shorten(twice)} stands twice")
    return document


def _refuse(constant: str) -> Json:
    raise SpecError(f"{constant} is not a number that a spec can hold")


def check_depth(document: Json) -> None:
    """Refuse documents nested beyond 64 levels, without recursion.

    Raises:
        SpecError: the document is nested too deeply.
    """
    level = [document]
    for _ in range(MAX_DEPTH + 1):
        children = (
            child
            for value in level
            for child in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(child, Mapping | list | tuple)
        )
        level = list({id(child): child for child in children}.values())
        if not level:
            return
    raise SpecError(f"nested more than {MAX_DEPTH} levels deep; flatten the containers")


def load(path: str | os.PathLike[str]) -> Json:
    """Read a YAML file, or a JSON file if its name ends in ``.json``. ``"-"`` reads
    standard input, as JSON if the text starts with a brace.

    Raises:
        SpecError: the file cannot be read, or is neither valid YAML nor JSON.
    """
    source = _read(path)
    suffix = Path(path).suffix.lower()
    braced = suffix not in {".yaml", ".yml"} and source.lstrip().startswith("{")
    document = (parse_json if suffix == ".json" or braced else parse_yaml)(source)
    if document is None:
        raise SpecError("holds no document; a spec starts with its format version")
    return document


def _read(path: str | os.PathLike[str]) -> str:
    standard_input = os.fspath(path) == "-"
    try:
        with open(0 if standard_input else path, "rb", closefd=not standard_input) as f:
            content = f.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise SpecError("a spec may have at most 16 MiB")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError("a spec is UTF-8 text; this file is not") from None
    except OSError as error:
        raise SpecError(f"cannot be read: {error.strerror}") from None


def save(path: str | os.PathLike[str], document: Json) -> None:
    """Write a document as YAML, or as JSON where the name ends in ``.json``.

    Raises:
        NetspecError: the file cannot be written.
    """
    target = Path(path)
    source = to_json(document) if target.suffix == ".json" else to_yaml(document)
    write_atomically(target, source.encode())


def to_json(document: Json) -> str:
    """Write a document as indented JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def canonical_json(document: Json) -> str:
    """Write a document as the JSON that digests are made of: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


class _Dumper(yaml.SafeDumper):
    """Dumper of the YAML that `CoreLoader` reads; lists of scalars take one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: Any = None
    ) -> Any:
        flat = all(not isinstance(entry, dict | list) for entry in sequence)
        return super().represent_sequence(tag, sequence, flow_style=flat)


_Dumper.yaml_implicit_resolvers = CoreLoader.yaml_implicit_resolvers


def _represent_float(dumper: _Dumper, value: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", repr(value))


def _represent_text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    # PyYAML folds the line breaks of Unicode into spaces unless they are escaped
    style = None if value.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)


_Dumper.add_representer(float, _represent_float)
_Dumper.add_representer(str, _represent_text)


def to_yaml(document: Json) -> str:
    """Write a document as YAML, in the order of its fields."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
