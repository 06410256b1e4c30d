"""Exported files."""

from __future__ import annotations

from netspec import BatchNorm, Dense, LeakyReLU, Spec
from tests.kills.bug import Bug, bug
from tests.kills.inject import exported

NET = Spec("net", (6,), [Dense(6), BatchNorm(0.8, eps=1e-3), LeakyReLU(0.2), Dense(6)])


def seen(name: str, old: str, new: str, dtypes: str = "float32 float64") -> Bug:
    """One text of the file is another."""
    return bug(name, exported(old, new), NET, "source", dtypes)


BUGS = (
    seen("eps falls back to its default", "eps=0.001, ", ""),
    seen("momentum falls back to its default", ", momentum=0.2", ""),
    seen("a slope falls back to its default", "LeakyReLU(0.2)", "LeakyReLU()"),
    seen("a layer is missing", "        nn.LeakyReLU(0.2),\n", ""),
    seen("float32 in a float64 file", ".double()", "", dtypes="float64"),
    seen(
        "weights are read transposed",
        'flat.reshape(entry["shape"])',
        'flat.reshape(entry["shape"][::-1]).T',
    ),
    seen("the file needs netspec", "import torch\n", "import netspec\nimport torch\n"),
)
