"""What ``netspec import`` cannot take: one sentence each, and nothing is written."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.cli.imports import check_nothing, graph
from tests.command import Command, check_refused

REFUSED = {
    "nets:fails": "nets:fails: KeyError: 'weights.pth'; name a module",
    "nets:exits": "nets:exits: SystemExit: 3",
    "nets:tuples": "nets:tuples: gives (1, 2); let it give a module of PyTorch",
    "nets:number": "nets:number: gives 7",
    "nets:redy": "nets:redy: nets has none; did you mean 'ready'?",
    "nots:ready": "nots:ready: ModuleNotFoundError: No module named 'nots'",
    "nets:infinite": "nets:infinite: not finite: 0.weight[0, 1] (inf)",
    "nets.py": "nets.py: is code; give what builds the model, nets:function",
    "none.onnx": "cannot be read: No such file or directory; name files, or code",
}


@pytest.mark.parametrize("word", REFUSED)
def test_words_that_name_no_model(netspec: Command, here: Path, word: str) -> None:
    outcome = netspec("import", word, "--input", "2", "-o", "out.safetensors")
    check_nothing(here, outcome, REFUSED[word])


UNFIT = {
    "nets:half": "bias is float16; a spec has one of float32 and float64: call .float",
    "nets:lazy": "weight and 1 more have no shape yet; call the module once before",
    "nets:absent": "meta device: weight and 1 more have no values there; load them",
    "nets:Pair": "inputs: forward takes 2, x, mask; a spec has one",
    "nets:Chosen": "asks for values of its input, as in if, while, int or item",
    "nets:Exits": "torch.export in evaluation: SystemExit: 0",
    "nets:hooked": "has a backward hook, which may change gradients; remove it",
    "nets:turned": "turn is complex64; a spec has real numbers",
}


@pytest.mark.parametrize("word", UNFIT)
def test_modules_that_are_not_ready(netspec: Command, here: Path, word: str) -> None:
    outcome = netspec("import", word, "--input", "2", "-o", "out.safetensors")
    check_nothing(here, outcome, UNFIT[word], code=1)
    assert outcome.err.count("error: ") == 2


@pytest.mark.parametrize("shape", ["", "3,x", "-1", "0", "3,,4", "1e3", "9" * 30, "²"])
def test_shapes_that_are_none(netspec: Command, tmp_path: Path, shape: str) -> None:
    files = graph(tmp_path)
    outcome = netspec("import", *files, "--input", shape)
    check_refused(outcome, "--input is the shape of one example, without the batch")


def test_a_shape_is_needed(netspec: Command, tmp_path: Path) -> None:
    check_refused(netspec("import", *graph(tmp_path)), "give --input, the shape of")


def test_inputs_of_a_trillion_values(netspec: Command, here: Path) -> None:
    given = ("--input", "1000000,1000000", "-o", "out.safetensors")
    check_nothing(here, netspec("import", "nets:Net", *given), "GiB, more than the")
    files = graph(here)
    check_nothing(here, netspec("import", *files, *given), "1000000000000", code=1)


def test_files_that_come_in_pairs(netspec: Command, tmp_path: Path) -> None:
    symbol, params = graph(tmp_path)
    shutil.copy(params, tmp_path / "net-0007.params")
    alone = netspec("import", symbol, "--input", "4,7,6")
    check_refused(alone, f"too, such as {params}, {tmp_path / 'net-0007.params'}")
    check_refused(netspec("import", params), "give its graph, -symbol.json, before it")
    both = netspec("import", symbol, symbol)
    check_refused(both, "a model is a graph and arrays of MXNet, one file of ONNX, or")
    mode = netspec("import", symbol, params, "--evaluation-only")
    check_refused(mode, "--evaluation-only is for code")


OTHERS: dict[str, tuple[bytes, str]] = {
    "a.pth": (b"PK\x03\x04" + bytes(20), "as PyTorch's torch.save and NumPy's savez"),
    "a.h5": (b"\x89HDF\r\n\x1a\n", "it is HDF5, as Keras writes"),
    "a.gguf": (b"GGUF\3\0\0\0", "gguf.GGUFReader"),
    "a.html": (b"<!DOCTYPE html>", "it is a web page"),
    "a.yaml": (b"netspec: 1\n", "is a spec, which every command takes"),
    "spec.json": (b'{"netspec": 1}', "is a spec, which every command takes"),
    "keras.json": (b'{"class_name": "Sequential"}', "is no graph that MXNet exported"),
    "cut.json": (b'{"nodes": [', "not valid JSON"),
    "a.txt": (b"conv1 3x3\n", "is no model that netspec knows"),
    "empty": (b"", "is no model that netspec knows"),
    "zeros": (bytes(99), "is a safetensors file"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_another_kind_are_named(
    netspec: Command, tmp_path: Path, name: str
) -> None:
    content, said = OTHERS[name]
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "out.safetensors"
    outcome = netspec("import", tmp_path / name, "--input", "3", "-o", target)
    check_refused(outcome, said)
    assert str(tmp_path / name) in outcome.err
    assert os.listdir(tmp_path) == [name]


def test_weights_alone_are_no_model(netspec: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"w": np.zeros(3, np.float32)}, path)
    check_refused(netspec("import", path), "without a spec in it, netspec.adopt")


def test_damaged_files(netspec: Command, tmp_path: Path) -> None:
    symbol, params = graph(tmp_path)
    given = ("--input", "4,7,6", "-o", tmp_path / "out.safetensors")
    document = json.loads(symbol.read_text())
    document["nodes"][3]["inputs"][0] = [7, 0, 0]
    circle = tmp_path / "circle-symbol.json"
    circle.write_text(json.dumps(document))
    outcome = netspec("import", circle, params, *given)
    check_refused(outcome, "goes in a circle")
    params.write_bytes(params.read_bytes()[:900])
    outcome = netspec("import", symbol, params, *given)
    check_refused(outcome, "it ends within an array")
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize("option", ["-o", "--report"])
def test_places_that_cannot_be_written(
    netspec: Command, tmp_path: Path, option: str
) -> None:
    files = graph(tmp_path)
    given = ("import", *files, "--input", "4,7,6", option)
    check_refused(netspec(*given, tmp_path), "cannot be written")
    check_refused(netspec(*given, tmp_path / "no" / "out"), "cannot be written")
    check_refused(netspec(*given, files[1]), "is the same file as")
    same = netspec(*given, tmp_path / "x", "-o", tmp_path / "x", "--report",
                   tmp_path / "x")  # fmt: skip
    check_refused(same, "is the same file as")
