"""Files with bytes that are not theirs: read as they are, or refused in one sentence,
whatever the bytes say; never a traceback.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netspec as ns
from netspec import importing
from netspec.importing import Imported, ImportProblem
from tests.importing import test_adopt_files as kept
from tests.importing.symbol_files import Graph
from tests.importing.weights import NAMES, PARAMS, SPEC

IMAGE = (4, 7, 6)
NUMBERS = (b"\xff" * 8, bytes(8), (10**12).to_bytes(8, "little"), b"\0" * 7 + b"\x80")


class Kind(NamedTuple):
    """A kind of file.

    Attributes:
        write: writes one, and others that go with it, into a folder.
        read: reads it, and them.
    """

    write: Callable[[Path], Path]
    read: Callable[[Path], object]


def mxnet(folder: Path) -> tuple[Path, Path]:
    graph = Graph()
    graph.batch_norm(4, fix_gamma=False)
    graph.add("Pooling", kernel=(2, 2), pool_type="max", stride=(2, 2))
    graph.dense(3, 36)
    return graph.write(folder)


def read_symbol(path: Path) -> object:
    return importing.mxnet(path, path.with_name("net-0000.params"), IMAGE)


def read_arrays(path: Path) -> object:
    return importing.mxnet(path.with_name("net-symbol.json"), path, IMAGE)


def onnx(folder: Path) -> Path:
    layers = [ns.Conv2D(4, kernel_size=3, padding=1), ns.BatchNorm(), ns.ReLU()]
    spec = ns.Spec("net", IMAGE, [*layers, ns.Flatten(), ns.Dense(3)])
    backend: Any = ns.backend("onnx")
    (data,) = backend.files(spec, "net.onnx").values()
    path = folder / "net.onnx"
    path.write_bytes(data)
    return path


def saved(folder: Path) -> Path:
    path = folder / "net.safetensors"
    Imported(SPEC, PARAMS, NAMES, ("a note",)).save(path)
    return path


def weights(write: Callable[..., None]) -> Kind:
    def written(folder: Path) -> Path:
        write(folder / "weights", dict(PARAMS))
        return folder / "weights"

    return Kind(written, lambda path: ns.adopt(SPEC, path))


def recorded(folder: Path) -> Path:
    path = folder / "y.npz"
    np.savez(path, allow_pickle=False, output=np.zeros((3, 2), np.float32))
    return path


def read_recorded(path: Path) -> object:
    x = np.zeros((3, *SPEC.input_shape), np.float32)
    how: dict[str, Any] = {"inputs": x, "outputs": path, "backends": ()}
    return ns.certify(None, SPEC, PARAMS, **how)


KINDS = {
    "onnx": Kind(onnx, importing.onnx),
    "symbol": Kind(lambda folder: mxnet(folder)[0], read_symbol),
    "params": Kind(lambda folder: mxnet(folder)[1], read_arrays),
    "saved": Kind(saved, importing.load),
    "recorded": Kind(recorded, read_recorded),
    "safetensors": weights(kept._safetensors),
    "npz": weights(kept._numpy),
    "pth": weights(kept._torch),
    "old pth": weights(kept._old_torch),
}
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 8),
        st.one_of(st.binary(max_size=8), st.sampled_from(NUMBERS)),
    ),
    min_size=1,
    max_size=3,
)


def damaged(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """Bytes in the place of as many or others."""
    for share, gone, new in edits:
        at = int(share * len(data))
        data = data[:at] + new + data[at + gone :]
    return data


@pytest.mark.filterwarnings("ignore")  # of values that are none, and names that differ
@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=20)
@given(edits=EDITS)
def test_a_damaged_file(
    name: str,
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[float, int, bytes]],
) -> None:
    kind = KINDS[name]
    path = kind.write(tmp_path_factory.mktemp("damaged"))
    path.write_bytes(damaged(path.read_bytes(), edits))
    assert not any("\n" in line for line in refusals(kind, path))


def refusals(kind: Kind, path: Path) -> list[str]:
    """What is said of a file, if it is refused."""
    try:
        kind.read(path)
    except ImportProblem as error:
        return [str(one) for one in error.problems]
    except ns.NetspecError as error:
        return [str(error)]
    return []


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = onnx(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"Flatten", b"Fl\xfftten"))
    with pytest.raises(ns.SpecError, match="has names that are no text; it is damaged"):
        importing.onnx(path)


@pytest.mark.parametrize(("place", "value"), [(10, 99), (6, 255), (9, 8)])
def test_zips_of_another_kind(place: int, value: int, tmp_path: Path) -> None:
    """Packed in a way that nobody knows, of a version to come, of names that are said
    to be Unicode and are not.
    """
    write, read = KINDS["npz"]
    path = write(tmp_path)
    first, *entries = path.read_bytes().split(b"PK\x01\x02")
    changed = (one[: place - 4] + bytes([value]) + one[place - 3 :] for one in entries)
    data = b"PK\x01\x02".join([first, *changed])
    path.write_bytes(data.replace(b".npy", b".\xffpy") if place == 9 else data)
    with pytest.raises(ns.ParameterError, match="is no whole"):
        read(path)


def test_an_array_of_a_million_millions() -> None:
    huge = np.broadcast_to(np.float32(0), (10**6, 10**6))
    with pytest.raises(ns.ParameterError, match="cannot be read as an array"):
        ns.adopt(SPEC, {"w": huge})
