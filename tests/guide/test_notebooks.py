"""Notebooks are lessons, cell by cell, and run as those do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from lessons.lib import LESSONS, TEXTS, notebooks

ROOT = Path(__file__).parents[2]
# ZMQ's and ipykernel's own: event loops and sockets of the kernel
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")


def test_there_is_one_for_each_text() -> None:
    assert [name.partition("/")[0] for name in notebooks.NAMES] != []
    texts = set(TEXTS) - {"porting"}  # which are the course's
    assert {name.partition("/")[0] for name in notebooks.NAMES} == texts


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


# As in a kernel that has just begun, but for frameworks, whose import takes seconds
FORGET = """
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "lessons"]:
    del sys.modules[name]
sys.path[:] = [path for path in sys.path if not path.endswith("examples")]
%reset -f
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookClient]:
    """One kernel for all notebooks, in a copy of examples/, where they lie."""
    folder = tmp_path_factory.mktemp("checkout") / "examples"
    ignored = shutil.ignore_patterns("__py*")
    shutil.copytree(ROOT / "examples", folder, ignore=ignored)
    path = folder.parent / Path(notebooks.file(notebooks.NAMES[0])).parent
    where = {"metadata": {"path": str(path)}}
    client = NotebookClient(new_notebook(), timeout=240, resources=where)
    with client.setup_kernel():
        yield client


def run(name: str, kernel: NotebookClient) -> str:
    """Run a notebook; return what it printed."""
    path = Path(kernel.resources["metadata"]["path"]) / Path(notebooks.file(name)).name
    kernel.nb = nbformat.read(path, as_version=4)
    kernel.execute_cell(new_code_cell(FORGET), 0)
    for at, cell in enumerate(kernel.nb.cells):
        kernel.execute_cell(cell, at)
    shown = [out for cell in kernel.nb.cells for out in cell.get("outputs", ())]
    return "".join(out.get("text", "") for out in shown)


@pytest.mark.slow
@pytest.mark.parametrize("name", notebooks.NAMES)
def test_a_notebook_runs(name: str, kernel: NotebookClient) -> None:
    section = f"{name.partition('/')[0]} "
    assert section in run(name, kernel)
