"""Notebooks are lessons, cell by cell, and run as those do."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from lessons.lib import LESSONS, TEXTS, notebooks

ROOT = Path(__file__).parents[2]
# ZMQ's and ipykernel's own: event loops and sockets of the kernel
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")


def test_there_is_one_for_each_text() -> None:
    assert [name.partition("/")[0] for name in notebooks.NAMES] != []
    assert {name.partition("/")[0] for name in notebooks.NAMES} == set(TEXTS)


@pytest.mark.parametrize("name", notebooks.NAMES)
def test_a_notebook_has_all_code_of_its_lesson_in_order(name: str) -> None:
    made = nbformat.reads(notebooks.text(name), as_version=4)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    lesson = (LESSONS / f"{name}.py").read_text(encoding="utf-8")
    wanted = lesson.replace(notebooks.HERE, notebooks.FROM_NOTEBOOK)
    body = wanted.partition('"""\n')[2]
    lines = [line for line in body.splitlines() if line.strip()]
    assert code[-1] == "main()"
    given = [line for cell in code[:-1] for line in cell.splitlines() if line.strip()]
    assert given == lines[:-2]  # which are: if __name__ == "__main__": main()


def run(name: str, folder: Path) -> str:
    """Run a notebook in a copy of examples/; return what it printed."""
    shutil.copytree(
        ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__py*")
    )
    path = folder / Path(notebooks.file(name))
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=240, resources=where).execute()
    shown = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    return "".join(out.get("text", "") for out in shown)


@pytest.mark.slow
@pytest.mark.parametrize("name", notebooks.NAMES)
def test_a_notebook_runs(name: str, tmp_path: Path) -> None:
    section = f"{name.partition('/')[0]} "
    assert section in run(name, tmp_path)
