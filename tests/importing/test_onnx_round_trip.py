"""What netspec writes for ONNX and reads again computes what the spec did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import netspec as ns
from netspec import importing
from netspec.conformance import draw_case
from netspec.conformance.cases import single_layers
from netspec.conformance.judging import forecast, judge
from netspec.fuzzing import strategies
from netspec.importing import Imported, ImportProblem
from tests.importing.compared import nameless
from tests.importing.onnx_files import Graph, distance

CATALOG = single_layers().values()
SIZED = (
    *(ns.AdaptiveAvgPool1D, ns.AdaptiveAvgPool2D, ns.AdaptiveAvgPool3D),
    *(ns.AdaptiveMaxPool1D, ns.AdaptiveMaxPool2D, ns.AdaptiveMaxPool3D),
)


def unread(layer: ns.Layer, shape: tuple[int, ...]) -> str:
    """Why a layer that is written is not read; empty if it is."""
    if isinstance(layer, ns.BatchNorm) and layer.statistics == "batch":
        return "works along the batch axis"
    if isinstance(layer, ns.LocalResponseNorm) and layer.size % 2 == 0:
        return "raises to another power than 2"
    if isinstance(layer, ns.MultiHeadAttention):
        if len(shape) > 2:
            return "keep it first"
        if layer.rotary is not None:
            return "that no matrix alone makes, such as by rotary positions"
        if layer.relative is not None:
            return "has a mask that is learned"
    return ""


def written(spec: ns.Spec, folder: Path) -> Path:
    """A file of a spec in float32, as ONNX has numbers, no two weights alike."""
    case = draw_case(spec.without_dropout(), train=False, dtype="float32")
    backend: Any = ns.backend("onnx")
    path = folder / "net.onnx"
    how = {"params": case.params, "dtype": "float32"}
    (data,) = backend.files(spec, "net.onnx", **how).values()
    path.write_bytes(data)
    return path


def check(spec: ns.Spec, folder: Path) -> Imported | None:
    """It comes back and computes the same, or what is not read is named."""
    try:
        path = written(spec, folder)
    except ns.BackendError:
        return None  # nothing is written
    nodes = [n for n in spec.graph.walk() if unread(n.layer, n.input_shape)]
    if nodes:
        with pytest.raises(ImportProblem) as caught:
            importing.onnx(path)
        for node in nodes:
            assert unread(node.layer, node.input_shape) in str(caught.value)
        return None
    found = importing.onnx(path)
    case = draw_case(spec.without_dropout(), train=False, dtype="float32")
    backend = ns.backend("numpy")
    model = backend.compile(found.spec, params=found.params, dtype="float32")
    output = backend.forward(model, found.spec, case.x)
    verdict = judge(output, forecast(case).tensors["output"])
    assert verdict.good, verdict
    return found


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_a_layer(spec: ns.Spec, tmp_path: Path) -> None:
    found = check(spec, tmp_path)
    (layer,) = spec.layers
    if found and isinstance(layer, (*SIZED, ns.MultiHeadAttention)):
        assert nameless(found.spec) == nameless(importing.normal(spec, "onnx"))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(spec=strategies.specs())
def test_a_spec(spec: ns.Spec, tmp_path_factory: pytest.TempPathFactory) -> None:
    check(spec, tmp_path_factory.mktemp("onnx"))


TEXT = (5, 8)
SEEN = np.tril(np.ones((5, 5), bool)) & ~np.tril(np.ones((5, 5), bool), -2)


OTHER = np.where(SEEN, 1, -np.inf)


def attention(
    graph: Graph, *mask: str, bias: bool = False, behind: bool = True, **given: Any
) -> None:
    """Heads first, as attention is mostly written."""
    heads = [projected(graph, name, bias) for name in ("query", "key", "value")]
    graph.add("Attention", reads=[*heads, *mask], **given)
    graph.add("Transpose", perm=[0, 2, 1, 3])
    graph.add("Reshape", graph.array([0, 0, -1]))
    if behind:
        graph.add("MatMul", graph.drawn(8, 8))


def projected(graph: Graph, name: str, bias: bool) -> str:
    graph.add("MatMul", reads=["x", graph.drawn(8, 8, name=name)])
    if bias:
        graph.add("Add", graph.drawn(8))
    graph.add("Reshape", graph.array([0, 0, 2, 4]))
    return graph.add("Transpose", perm=[0, 2, 1, 3])


@pytest.mark.parametrize(
    ("mask", "given", "layer"),
    [
        (None, {}, ns.MultiHeadAttention(2, bias=False)),
        (None, {"is_causal": 1}, ns.MultiHeadAttention(2, causal=True, bias=False)),
        (SEEN, {}, ns.MultiHeadAttention(2, causal=True, window=2, bias=False)),
        (
            np.where(SEEN, 0, -np.inf),
            {"is_causal": 1},
            ns.MultiHeadAttention(2, causal=True, window=2, bias=False),
        ),
    ],
)
def test_attention_with_heads_first(
    mask: Any, given: dict[str, Any], layer: ns.Layer, tmp_path: Path
) -> None:
    graph = Graph(TEXT, 23)
    attention(graph, *([] if mask is None else [graph.array(mask)]), **given)
    found = graph.read(tmp_path)
    assert nameless(found.spec) == (layer,)
    assert distance(tmp_path / "net.onnx", found) < 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"bias": True}, "has no bias behind it, where its queries have one"),
        ({"behind": False}, "is a layer of netspec with a matrix behind it"),
        ({"softcap": 2.0}, "has softcap, which MultiHeadAttention has not"),
        ({"scale": 1.0}, r"scales by 1.0, where netspec has 1 / sqrt\(4\)"),
        ({"mask": np.eye(5) < 1}, "has a mask that is neither causal nor a window"),
        ({"mask": OTHER}, "has a mask of other values than 0 and minus infinity"),
        ({"mask": np.zeros((5, 5))}, "has a mask that is learned or computed"),
    ],
)
def test_attention_of_other_kinds(
    how: dict[str, Any], said: str, tmp_path: Path
) -> None:
    graph = Graph(TEXT, 23)
    given = dict(how)
    mask = given.pop("mask", None)
    attention(graph, *([] if mask is None else [graph.array(mask)]), **given)
    with pytest.raises(ImportProblem, match=said) as caught:
        graph.read(tmp_path)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("ncx,pq->ncp", "sums as 'ncx,pq->ncp' says"),
        ("ncx,px->ncp", "that are no means"),
    ],
)
def test_other_sums(equation: str, said: str, tmp_path: Path) -> None:
    graph = Graph((4, 5), 13)
    graph.add("Einsum", graph.drawn(3, 5), equation=equation)
    with pytest.raises(ImportProblem, match=said):
        graph.read(tmp_path)
