"""Check the shape of a document before it is read."""

from __future__ import annotations

from typing import Any

from netspec.declare.rules import Json
from netspec.errors import shorten

NUMBER = (int, float, str)  # some are texts, such as "Infinity"

HISTOGRAM = {name: [(int, float)] for name in ("edges", "counts", "expected")}
VERDICT = {
    "status": str,
    "used": NUMBER,
    "allowed": NUMBER,
    "reason": str,
    "conventions": [str],
}
ROW = {
    **dict.fromkeys(("check", "backend", "spec", "dtype", "what"), str),
    "verdict": VERDICT,
}
LOCALIZATION = {
    **dict.fromkeys(("backend", "spec", "dtype", "mode"), str),
    "suspects": [str],
    "script": str,
}
REPORT = {
    "seed": int,
    "rows": [dict],
    "divergences": [dict],
    "complete": bool,
    "seconds": [{"backend": str, "check": str, "seconds": (int, float)}],
    "specs": {str: dict},
    "command": str,
    "environment": {str: str},
    "started": str,
}


def fit(value: Json, shape: Any, where: str = "the report") -> None:
    """Refuse a document that is not of a shape.

    Args:
        value: the document, or a part of it.
        shape: a type, or several in a tuple; a list with the shape of each item; a dict
            with the shape of each key, or with `str` and the shape of every value. Keys
            may be more than those.
        where: name of the part in errors.

    Raises:
        ValueError: says which part is of another type.
        KeyError: a key is missing.
    """
    if isinstance(shape, list):
        _check_type(value, list, where)
        for index, item in enumerate(value):
            fit(item, shape[0], f"{where}[{index}]")
    elif isinstance(shape, dict):
        _check_type(value, dict, where)
        shapes = dict.fromkeys(value, shape[str]) if str in shape else shape
        for key, inner in shapes.items():
            fit(value[key], inner, key)
    else:
        _check_type(value, shape, where)


def _check_type(value: Json, kind: Any, where: str) -> None:
    wanted = kind if isinstance(kind, tuple) else (kind,)
    # a truth value is no number, though Python counts with it
    if not isinstance(value, wanted) or (
        isinstance(value, bool) and bool not in wanted
    ):
        kinds = [one for one in wanted if one is not int or float not in wanted]
        names = " or ".join(NAMES[one] for one in kinds)
        raise ValueError(f"{where} must be {names}, received {shorten(value)}")


NAMES = {
    bool: "true or false",
    dict: "an object",
    float: "a number",
    int: "an integer",
    list: "a list",
    str: "a text",
}
