"""A lesson as a notebook: its docstring, its imports, and a cell for each function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessons.lib import LESSONS

NAMES = (
    "containers/chain",
    "stability/jacobians",
    "initialization/gain",
    "residual/residual_one",
    "gluon/softmax",
)
"""One lesson of each of the five texts, to begin with; `make generated` writes them."""

FOLDER = LESSONS / "notebooks"
HERE = "Path(__file__).parents[2]))  # examples/, if run as a script"
FROM_NOTEBOOK = "Path.cwd().parents[1]))  # examples/: Jupyter starts in this folder"
NEEDS = "Needs `netspec`, the frameworks that you have, and the folder `examples/`."


def text(name: str) -> str:
    """Return the notebook of a lesson, not executed, as JSON."""
    source = (LESSONS / f"{name}.py").read_text(encoding="utf-8")
    cells = [
        new_markdown_cell(_title(source, name), id="title"),
        *(
            new_code_cell(code, id=f"code-{at}")
            for at, code in enumerate(_cells(source))
        ),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.validate(made)
    return str(nbformat.writes(made)) + "\n"


def file(name: str) -> str:
    """Return the name of a lesson's notebook, from the top of the checkout."""
    path = FOLDER / f"{name.replace('/', '_')}.ipynb"
    return path.relative_to(LESSONS.parents[1]).as_posix()


def _title(source: str, name: str) -> str:
    first, *rest = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")
    said = [part for part in rest if not part.startswith("Run it with")]
    made = f"Written by `make generated` from `examples/lessons/{name}.py`. {NEEDS}"
    return "\n\n".join([f"# {first.removesuffix('.')}", *said, made])


def _cells(source: str) -> Iterator[str]:
    """Yield the code of a lesson: what stands before its functions, each function, and
    the call of main.
    """
    lines = source.replace(HERE, FROM_NOTEBOOK).splitlines()
    body = ast.parse(source).body[1:]  # without the docstring
    starts = [_start(node) for node in body if _stands_alone(node)]
    bounds = [body[0].lineno, *starts]
    for begin, end in zip(bounds, [*starts, len(lines) + 1], strict=True):
        code = "\n".join(lines[begin - 1 : end - 1]).strip()
        yield "main()" if code.startswith("if __name__") else code


def _start(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _stands_alone(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If)
