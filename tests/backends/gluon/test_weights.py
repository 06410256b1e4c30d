"""An exported file that reads its weights from a file beside it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec import adopt
from netspec import layers as nl
from netspec.errors import ParameterError
from netspec.spec import Spec, init_params, load_params, save_params
from netspec_gluon import backend
from tests.backends.exported import draw_inputs
from tests.backends.models import resnet


def weighted(spec: Spec, folder: Path) -> dict[str, Any]:
    """The module of an exported file that reads weights."""
    path = folder / "net.py"
    path.write_text(backend.source(spec, weights=True))
    assert path.read_text().count("import numpy as np") == 1
    return runpy.run_path(str(path))


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize(
    "spec",
    [
        Spec("resnet", (3, 9, 8), resnet()),
        Spec("norms", (4, 3), [nl.BatchNorm(scale=False), nl.LayerNorm(axes=2)]),
        Spec("slopes", (4, 3), [nl.PReLU(per_channel=True, name="last")]),
    ],
    ids=lambda spec: spec.name,
)
def test_weights_beside_a_file_are_read(
    spec: Spec, drawn: bool, tmp_path: Path
) -> None:
    params, path = init_params(spec, 5), tmp_path / "net.safetensors"
    save_params(path, spec, params)
    module = weighted(spec, tmp_path)
    net = module["build"]()
    if drawn:
        module["initialize"](net)
    module["load_weights"](net, str(path))
    held = backend.params(net, spec)
    assert all(np.array_equal(held[path], params[path]) for path in params)
    x, _ = draw_inputs(spec, "float32")
    expected = backend.forward(backend.compile(spec, seed=5), spec, x)
    assert np.array_equal(backend.forward(net, spec, x), expected)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    module = weighted(Spec("net", (4,), [nl.Dense(3), nl.Dense(2)]), tmp_path)
    path = tmp_path / "other.safetensors"
    for other in ([nl.Dense(3)], [nl.Dense(3), nl.Dense(2), nl.Dense(2)]):
        spec = Spec("other", (4,), other)
        save_params(path, spec, init_params(spec, 0))
        with pytest.raises(ValueError, match="does not hold the weights"):
            module["load_weights"](module["build"](), str(path))


def test_a_file_of_gluon_is_read_as_the_error_says(tmp_path: Path) -> None:
    spec, path = Spec("norms", (4, 3), [nl.BatchNorm(), nl.Dense(2)]), tmp_path / "net"
    trained = backend.compile(spec, seed=3)
    trained.save_parameters(str(path))
    with pytest.raises(ParameterError) as caught:
        load_params(path)
    assert "which netspec.adopt(spec, path) reads" in str(caught.value)
    found, drawn = adopt(spec, path), init_params(spec, 3)
    assert all((found[name] == drawn[name]).all() for name in drawn)
