"""Print a program that records results where an original runs."""

from __future__ import annotations

from importlib import resources

from netspec.errors import NetspecError, nearest
from netspec.layers import Shape

RECORDS = ("torch", "mxnet", "callable")  # of jax, keras and anything else the last
SAME = {"gluon": "mxnet", "jax": "callable", "keras": "callable", "flax": "callable"}


def recorder(framework: str, input_shape: Shape) -> str:
    """Return a program that needs Python 3.6, NumPy and the framework alone.

    Args:
        framework: ``"torch"``, ``"mxnet"`` for blocks and files of MXNet, or the name
            of another, whose model is given as a function.
        input_shape: of one example.

    Raises:
        NetspecError: no program is known for the framework.
    """
    name = SAME.get(framework, framework)
    if name not in RECORDS:
        hint = nearest(framework, {*RECORDS, *SAME})
        raise NetspecError(f"no program records {framework}{hint}")
    parts = {
        "@FRAMEWORK@": framework if name == "callable" else name,
        "@SHAPE@": repr(tuple(input_shape)),
        "@MODEL@": _text(f"{name}.model"),
        "@RECORD@": _text(name),
    }
    text = _text("program")
    for marker, held in parts.items():
        text = text.replace(marker, held)
    return text


def _text(name: str) -> str:
    file = resources.files("netspec.certificates") / "records" / f"{name}.txt"
    return file.read_text(encoding="utf-8").rstrip() + "\n"
