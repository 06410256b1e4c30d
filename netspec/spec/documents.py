"""YAML and JSON documents, read strictly and safely."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from netspec._system import file_name, write_atomically
from netspec.declare import MAX_DEPTH
from netspec.errors import SpecError, said, shorten
from netspec.spec._yaml import BY_FIRST, parse_int, read_yaml

Json = Any

LARGEST_FILE = 16 * 2**20
MOST_MAPPINGS = 2**20


def parse_yaml(source: str) -> Json:
    """Read one YAML document.

    Raises:
        SpecError: not YAML, or YAML with aliases, tags, repeated keys or deep nesting.
    """
    try:
        return read_yaml(source)
    except SpecError:
        raise
    except yaml.MarkedYAMLError as error:
        stated = " ".join(filter(None, (error.context, error.problem)))
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError(f"not valid YAML: {stated} (line {line})") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML does not catch the error that chr() raises for "\UFFFFFFFF"
        raise SpecError(f"not valid YAML: {said(error)}") from None


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
            parse_int=parse_int,
        )
    except SpecError:
        raise
    except RecursionError:
        raise SpecError(f"nested more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:
        raise SpecError(f"not valid JSON: {said(error)}") from None


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
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


def check_tree(document: Json) -> None:
    """Refuse what would take too long to read: documents nested beyond 64 levels, and
    those that hold one mapping so often that written out they would have too many.

    Raises:
        SpecError: the document is nested too deeply, or too large.
    """
    check_depth(document)
    if _count_mappings(document, {}) > MOST_MAPPINGS:
        raise SpecError(
            f"a spec has at most {MOST_MAPPINGS:,} mappings, where one that stands in"
            " several places counts in each; make it smaller"
        )


def _count_mappings(value: Json, counts: dict[int, int]) -> int:
    if not isinstance(value, Mapping | list | tuple):
        return 0
    if id(value) not in counts:
        held = value.values() if isinstance(value, Mapping) else value
        inside = sum(_count_mappings(entry, counts) for entry in held)
        counts[id(value)] = inside + isinstance(value, Mapping)
    return counts[id(value)]


def load(path: str | os.PathLike[str]) -> Json:
    """Read a YAML file, or a JSON file if its name ends in ``.json``. ``"-"`` reads
    standard input, as JSON if the text starts with a brace.

    Raises:
        SpecError: the file cannot be read, or is neither valid YAML nor JSON.
    """
    name = file_name(path, SpecError)
    return parse(read(name), name)


def parse(source: str, name: str) -> Json:
    """Read the text of a file, of whose name the end says what it is.

    Raises:
        SpecError: the text is neither valid YAML nor JSON.
    """
    suffix = Path(name).suffix.lower()
    braced = suffix not in {".yaml", ".yml"} and source.lstrip().startswith("{")
    document = (parse_json if suffix == ".json" or braced else parse_yaml)(source)
    if document is None:
        raise SpecError("holds no document; a spec starts with its format version")
    return document


def read(name: str) -> str:
    """Return the text of a file, or of standard input for ``"-"``.

    Raises:
        SpecError: it cannot be read, is too long, or no UTF-8.
    """
    standard_input = name == "-"
    try:
        with open(0 if standard_input else name, "rb", closefd=not standard_input) as f:
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
    name = file_name(path, done="written")
    braced = Path(name).suffix == ".json"
    source = to_json(document) if braced else to_yaml(document)
    write_atomically(name, source.encode())


def to_json(document: Json) -> str:
    """Write a document as indented JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def canonical_json(document: Json) -> str:
    """Write a document as the JSON that digests are made of: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


class _Dumper(yaml.SafeDumper):
    """Dumper of the YAML that `parse_yaml` reads; lists of scalars take one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: Any = None
    ) -> Any:
        flat = all(not isinstance(entry, dict | list) for entry in sequence)
        return super().represent_sequence(tag, sequence, flow_style=flat)


_Dumper.yaml_implicit_resolvers = {
    first: [(core.tag, re.compile(f"{core.pattern.pattern}$")) for core in found]
    for first, found in BY_FIRST.items()
}


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
