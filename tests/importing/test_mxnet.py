"""Files that MXNet wrote, read without it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import importing
from netspec.importing import ImportProblem
from netspec.layers import Layer
from tests.importing.compared import nameless
from tests.importing.symbol_files import Graph

IMAGE = (4, 7, 6)


def layers(
    graph: Graph, folder: Path, shape: tuple[int, ...] = IMAGE
) -> tuple[Layer, ...]:
    return nameless(importing.mxnet(*graph.write(folder), shape).spec)


def problems(graph: Graph, folder: Path, shape: tuple[int, ...] = IMAGE) -> str:
    with pytest.raises(ImportProblem) as caught:
        importing.mxnet(*graph.write(folder), shape)
    return str(caught.value)


@pytest.mark.parametrize("dialect", ["attrs", "attr", "param"])
@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_every_version_of_both_files(
    dialect: str, version: int, tmp_path: Path
) -> None:
    graph = Graph(dialect)
    graph.dense(3, 4, flatten=False)
    graph.batch_norm(3, fix_gamma=False)
    found = importing.mxnet(*graph.write(tmp_path, version), (4,))
    assert nameless(found.spec) == (
        ns.Dense(3),
        ns.BatchNorm(eps=1e-3, running_variance="biased"),
    )
    assert found.spec.name == "net"
    by_name = {name: found.params[path] for path, name in found.names.items()}
    assert by_name.keys() == graph.arrays.keys()
    assert all(np.array_equal(by_name[n], a) for n, a in graph.arrays.items())


def test_the_defaults_are_those_of_the_operations(tmp_path: Path) -> None:
    """Which differ from those of Gluon's blocks."""
    graph = Graph()
    graph.batch_norm(4)
    graph.add("Pooling", kernel=(2, 3), pool_type="avg")
    graph.add("LeakyReLU")
    graph.add("Dropout")
    assert layers(graph, tmp_path) == (
        ns.BatchNorm(eps=1e-3, scale=False, running_variance="biased"),
        ns.AvgPool2D((2, 3), stride=1),
        ns.LeakyReLU(0.25),
        ns.Dropout(0.5),
    )


def test_a_fixed_gamma_is_left_out_and_said(tmp_path: Path) -> None:
    graph = Graph()
    graph.batch_norm(4, gamma=3.0, fix_gamma=True)
    found = importing.mxnet(*graph.write(tmp_path), IMAGE)
    assert "weight" not in "".join(found.spec.parameters())
    assert found.notes == ("bn1: bn1_gamma is stored, but fixed at 1, and so left out",)
    assert found.unused == ("bn1_gamma",)


def test_the_oldest_files_do_not_list_running_statistics(tmp_path: Path) -> None:
    graph = Graph("param")
    graph.batch_norm(4, fix_gamma=False)
    node = graph.nodes[-1]
    node["inputs"] = [[one[0], 0] for one in node["inputs"][:3]]
    found = importing.mxnet(*graph.write(tmp_path), IMAGE)
    assert set(found.names.values()) == set(graph.arrays)


@pytest.mark.parametrize(
    ("op", "attributes", "layer"),
    [
        ("Activation", {"act_type": "softrelu"}, ns.Softplus()),
        ("LeakyReLU", {"act_type": "elu", "slope": "0.5"}, ns.ELU(0.5)),
        ("clip", {"a_min": "0", "a_max": "6"}, ns.ReLU6()),
        ("_mul_scalar", {"scalar": "0.0078125"}, ns.Rescale(0.0078125)),
        ("_minus_scalar", {"scalar": "127.5"}, ns.Rescale(offset=-127.5)),
        ("_rminus_scalar", {"scalar": "1"}, ns.Rescale(-1, offset=1)),
        ("hard_sigmoid", {}, ns.HardSigmoid(0.2)),
        (
            "Pooling",
            {"global_pool": "True", "kernel": "(1, 1)"},
            ns.GlobalMaxPool2D(True),
        ),
        ("Flatten", {}, ns.Flatten()),
        ("Reshape", {"shape": "(0, -1)"}, ns.Flatten()),
        ("Reshape", {"shape": "(0, -4, 2, -1, -2)"}, ns.Reshape((2, 2, 7, 6))),
        ("Reshape", {"shape": "(0, 0, -3)"}, ns.Reshape((4, 42))),
        ("transpose", {"axes": "(0, 2, 3, 1)"}, ns.Permute((2, 3, 1))),
        ("swapaxes", {"dim1": "1", "dim2": "3"}, ns.Permute((3, 2, 1))),
        (
            "slice_axis",
            {"axis": "1", "begin": "1", "end": "None"},
            ns.Slice(1, start=1),
        ),
        ("mean", {"axis": "(2, 3)"}, ns.Reduce((2, 3))),
        ("softmax", {}, ns.Softmax()),
        (
            "Pad",
            {"mode": "edge", "pad_width": "(0,0,0,0,1,0,2,3)"},
            ns.Pad2D(((1, 0), (2, 3)), mode="replicate"),
        ),
        (
            "Pooling",
            {"kernel": "(2, 2)", "stride": "(2, 2)", "pooling_convention": "full"},
            ns.MaxPool2D(2, ceil_mode=True),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_operation(
    op: str, attributes: dict[str, Any], layer: Layer, tmp_path: Path
) -> None:
    graph = Graph()
    graph.add(op, **attributes)
    assert layers(graph, tmp_path) == (layer,)


def test_a_convolution(tmp_path: Path) -> None:
    graph = Graph()
    weight = np.ones((6, 2, 3, 1), np.float32)
    read = (0, graph.variable("w", weight))
    window = {"kernel": "(3, 1)", "pad": "(1, 0)", "stride": "[2,1]"}
    graph.add("Convolution", *read, num_filter=6, num_group=2, no_bias=1, **window)
    (found,) = layers(graph, tmp_path)
    assert found == ns.Conv2D(
        6, kernel_size=(3, 1), stride=(2, 1), padding=(1, 0), groups=2, bias=False
    )


def test_merges(tmp_path: Path) -> None:
    graph = Graph()
    one = graph.add("Activation", 0, act_type="relu")
    two = graph.add("Activation", 0, act_type="tanh")
    graph.add("add_n", one, two, 0)
    graph.add("Concat", graph.last, graph.last, dim=1)
    assert layers(graph, tmp_path) == (
        ns.Parallel([[ns.ReLU()], [ns.Tanh()], [ns.Identity()]], merge="add"),
        ns.Parallel([[ns.Identity()], [ns.Identity()]]),
    )


def test_what_was_trained_with_a_loss_gives_its_softmax(tmp_path: Path) -> None:
    graph = Graph()
    graph.dense(3, 168)
    label = graph.variable("softmax_label")
    graph.add("SoftmaxOutput", len(graph.nodes) - 2, label)
    found = importing.mxnet(*graph.write(tmp_path), IMAGE)
    assert nameless(found.spec) == (ns.Flatten(), ns.Dense(3), ns.Softmax())
    assert "the gradient of cross entropy" in found.notes[0]


def test_several_outputs_are_chosen(tmp_path: Path) -> None:
    graph = Graph()
    graph.add("relu", name="low")
    graph.add("tanh", name="high")
    files = graph.write(tmp_path)
    document = graph.document()
    document["heads"] = [[1, 0, 0], [2, 0, 0]]
    files[0].write_text(json.dumps(document))
    with pytest.raises(ImportProblem, match="gives 2 outputs: low, high; choose one"):
        importing.mxnet(*files, (3,))
    assert nameless(importing.mxnet(*files, (3,), output="low").spec) == (ns.ReLU(),)


def test_all_problems_at_once(tmp_path: Path) -> None:
    graph = Graph()
    graph.add("box_nms", name="nms")
    graph.add("relu")
    graph.add("MultiBoxPrior", name="prior")
    text = problems(graph, tmp_path)
    assert "2 problems" in text
    assert "nms: box_nms to (4, 7, 6): netspec has no layer for it" in text
    assert "prior: MultiBoxPrior" in text


@pytest.mark.parametrize(
    ("op", "attributes", "said"),
    [
        ("Pooling", {"kernel": "(2,2)", "pool_type": "lp"}, "pools by lp"),
        ("Pooling", {"kernel": "(2,2)", "layout": "NHWC"}, "has layout NHWC"),
        ("Pooling", {}, "has no kernel; the file is damaged"),
        ("Pooling", {"kernel": "x"}, "kernel must be integers, received 'x'"),
        ("Dropout", {"axes": "(3,)"}, "shares its draws along some axes"),
        ("Dropout", {"mode": "always"}, "draws in evaluation, too"),
        ("BlockGrad", {}, "stops the gradient"),
        ("Reshape", {"shape": "(-1, 6)"}, "the batch is no axis of its own"),
        ("sum", {}, "reduces the batch axis"),
        ("transpose", {}, "moves the batch axis"),
        ("clip", {"a_min": "a"}, "a_min must be a number"),
        ("Dropout", {"p": "7"}, "rate must be"),
        (
            "Pooling",
            {
                "kernel": "3",
                "stride": "7",
                "pad": "(1,1)",
                "pooling_convention": "full",
            },
            "",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(
    op: str, attributes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    graph = Graph()
    graph.add(op, **attributes)
    graph.add("relu")
    assert said in problems(graph, tmp_path)


def test_what_is_not_in_the_file_is_named(tmp_path: Path) -> None:
    graph = Graph()
    graph.dense(3, 168)
    del graph.arrays["fc1_bias"]
    assert "fc1_bias: parameter: is not in the file of arrays" in problems(
        graph, tmp_path
    )
    both = Graph()
    both.add("elemwise_add", 0, both.variable("more"))
    assert "more: input: a model has one input, which is data" in problems(
        both, tmp_path
    )


def test_half_precision_and_mixtures_are_refused(tmp_path: Path) -> None:
    graph = Graph()
    graph.dense(3, 168)
    graph.arrays["fc1_bias"] = graph.arrays["fc1_bias"].astype(np.float16)
    text = problems(graph, tmp_path)
    assert "fc1_weight is float32, fc1_bias is float16" in text


def test_nothing_of_mxnet_is_imported(tmp_path: Path) -> None:
    graph = Graph()
    graph.dense(3, 4)
    symbol, params = graph.write(tmp_path)
    code = (
        "import sys; sys.modules['mxnet'] = None; import netspec;"
        f" netspec.importing.mxnet({str(symbol)!r}, {str(params)!r}, (4,));"
        " print(*{'torch', 'jax', 'netspec_gluon', 'netspec_torch'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
