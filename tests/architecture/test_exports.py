"""Every layer of ours is registered, and exported by the list of its family."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import netspec
from netspec.declare import declare
from netspec.layers import LAYERS, Layer
from tests.conftest import pytest_sessionstart
from tests.exports import unexported, unimported, unlisted


def test_every_layer_is_exported() -> None:
    assert not unexported()
    ours = {name for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")}
    assert ours <= set(netspec.__all__)


@declare
class Half(Layer):
    """A layer that stands in no list."""


def test_a_layer_that_is_in_no_list_is_named() -> None:
    (said,) = unlisted(Half)
    assert said.startswith("Half is not exported: add it to __all__ in ")
    assert said.endswith("test_exports.py")


def test_a_family_that_nobody_imports_is_named(tmp_path: Path) -> None:
    source = "from netspec.layers import layer\n\n\n@layer\nclass Half: ...\n"
    (tmp_path / "_halves.py").write_text(source)
    (tmp_path / "_dense.py").write_text(source)
    (tmp_path / "_other.py").write_text("from netspec.layers import layer\n")
    file = "netspec/layers/_families.py"
    assert list(unimported(tmp_path)) == [
        f"nobody imports netspec.layers._halves: add it to {file}"
    ]


def test_nothing_is_collected_without_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = sys.modules["netspec.layers._dense"]
    monkeypatch.setattr(dense, "__all__", ["Embedding", "Densely"])
    with pytest.raises(pytest.UsageError) as caught:
        pytest_sessionstart()
    assert str(caught.value).splitlines() == [
        "Dense is not exported: add it to __all__ in netspec/layers/_dense.py",
        "Densely is not registered: add @layer to it in netspec/layers/_dense.py",
    ]
