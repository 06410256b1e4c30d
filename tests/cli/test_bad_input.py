"""Bad specs: one clear sentence with the path and the remedy, in the library and on
the command line, and nothing left behind.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import netspec as ns
from netspec import Spec, SpecError
from tests.command import Command, check_refused

ROW = "netspec: 1\nname: bad\ninput_shape: [4]\n"
PLANE = "netspec: 1\nname: bad\ninput_shape: [4, 5, 6]\n"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

# name: the document, and what the error says
BAD: dict[str, tuple[str, str]] = {
    "unknown layer": (
        ROW + "layers: [{type: Dens, units: 3}]",
        "layers[0] unknown layer 'Dens'; did you mean 'Dense'?",
    ),
    "layer in lower case": (
        ROW + "layers: [{type: batchnorm}]",
        "layers[0] unknown layer 'batchnorm'; did you mean 'BatchNorm'?",
    ),
    "unknown field": (
        ROW + "layers: [{type: ReLU}, {type: Dense, unit: 3}]",
        "layers[1] Dense has no field 'unit'; did you mean 'units'?",
    ),
    "unknown field of the spec": (
        ROW + "layer: [{type: ReLU}]",
        "Spec has no field 'layer'; did you mean 'layers'?",
    ),
    "unknown initializer": (
        ROW + "init: {weight: {type: Normla}}\nlayers: [{type: ReLU}]",
        "init.weight unknown initializer 'Normla'; did you mean 'Normal'?",
    ),
    "unknown preset": (
        ROW + "init: tourch\nlayers: [{type: ReLU}]",
        "init unknown preset 'tourch'; did you mean 'torch'?",
    ),
    "init that is a list": (
        ROW + "init: [1]\nlayers: [{type: ReLU}]",
        "init InitPolicy must be a mapping, received [1]",
    ),
    "init that is a number": (
        ROW + "init: 3\nlayers: [{type: ReLU}]",
        "init InitPolicy must be a mapping, received 3",
    ),
    "rule that matches nothing": (
        ROW + "init: {rules: [{pattern: 1.weight, initializer: {type: Zeros}}]}\n"
        "layers: [{type: Dense, units: 3}]",
        "init rule '1.weight' matches no parameter; did you mean '0.weight'?",
    ),
    "init of a parameter that is not there": (
        ROW + "layers: [{type: Dense, units: 3, init: {wieght: {type: Zeros}}}]",
        "init names 'wieght', which it does not have; did you mean 'weight'?",
    ),
    "missing field": (ROW + "layers: [{type: Dense}]", "layers[0] Dense needs units"),
    "missing layers": (ROW, "Spec needs layers"),
    "missing type": (
        ROW + "layers: [{units: 3}]",
        "layers[0] a layer needs a `type`, received {'units': 3}",
    ),
    "layer that is text": (
        ROW + "layers: [Dense]",
        "layers[0] a layer must be a mapping, received 'Dense'",
    ),
    "true for an int": (
        ROW + "layers: [{type: Dense, units: true}]",
        "layers[0] Dense(units=True): units must be a positive integer, received True",
    ),
    "text for an int": (
        ROW + "layers: [{type: Dense, units: '64'}]",
        "layers[0] Dense(units='64'): units must be a positive integer, received '64'",
    ),
    "float for an int": (
        ROW + "layers: [{type: Dense, units: 64.0}]",
        "units must be a positive integer, received 64.0",
    ),
    "int for a bool": (
        ROW + "layers: [{type: Dense, units: 3, bias: 1}]",
        "Dense(bias=1): bias must be true or false, received 1",
    ),
    "not a number": (
        ROW + "layers: [{type: Dropout, rate: .nan}]",
        "Dropout(rate=nan): rate must be a number with 0 <= rate < 1, received nan",
    ),
    "infinity": (
        ROW + "layers: [{type: LeakyReLU, slope: -.inf}]",
        "slope must be a finite number, received -inf",
    ),
    "dropout of everything": (
        ROW + "layers: [{type: Dropout, rate: 1}]",
        "rate must be a number with 0 <= rate < 1, received 1",
    ),
    "zero units": (
        ROW + "layers: [{type: Residual, body: [{type: Dense, units: 0}]}]",
        "layers[0].body[0] Dense(units=0): units must be a positive integer, received",
    ),
    "negative size": (
        "netspec: 1\nname: bad\ninput_shape: [3, -4]\nlayers: [{type: ReLU}]",
        "input_shape must be a list of positive integers, without the batch axis,"
        " received [3, -4]",
    ),
    "size beyond 32 bits": (
        ROW + "layers: [{type: Dense, units: 2147483648}]",
        "units must be a positive integer, received 2147483648; at most 2147483647",
    ),
    "input beyond 32 bits": (
        "netspec: 1\nname: bad\ninput_shape: [2147483648]\nlayers: [{type: ReLU}]",
        "received [2147483648]; at most 2147483647 fits",
    ),
    "inner axis beyond 32 bits": (
        "netspec: 1\nname: bad\ninput_shape: [65536, 32768]\n"
        "layers: [{type: Flatten}, {type: LayerNorm}]",
        "layers[0] Flatten(): an axis has at most 2147483647 values, as MXNet and XLA"
        " index it with 32 bits, received shape (2147483648,); make it shorter",
    ),
    "kernel larger than the input": (
        PLANE + "layers: [{type: Conv2D, channels: 3, kernel_size: 7}]",
        "the window of 7x7 is larger than the padded input of 5x6; make the kernel"
        " smaller, or padding larger by 1",
    ),
    "pool larger than the input": (
        PLANE + "layers: [{type: MaxPool2D, kernel_size: [5, 7]}]",
        "the window of 5x7 is larger than the padded input of 5x6",
    ),
    "groups that do not divide": (
        PLANE + "layers: [{type: Conv2D, channels: 6, kernel_size: 1, groups: 3}]",
        "groups must divide the input channels, received groups 3 and 4 channels",
    ),
    "groups that do not divide the output": (
        PLANE + "layers: [{type: Conv2D, channels: 6, kernel_size: 1, groups: 4}]",
        "groups must divide the output channels, received groups 4 and 6 channels",
    ),
    "convolution of a row": (
        ROW + "layers: [{type: Conv2D, channels: 6, kernel_size: 1}]",
        "needs inputs of shape (channels, height, width), received (4,)",
    ),
    "residual shapes": (
        ROW + "layers: [{type: Residual, body: [{type: Dense, units: 5}]}]",
        "layers[0] Residual: body and shortcut must give the same shape, received body"
        " (5,) and shortcut (4,)",
    ),
    "branches that do not fit": (
        PLANE + "layers: [{type: Parallel, branches:"
        " [[{type: ReLU}], [{type: MaxPool2D, kernel_size: 2}]]}]",
        "layers[0] Parallel: the branches do not fit together, received outputs"
        " (4, 5, 6), (4, 2, 3)",
    ),
    "name used twice": (
        ROW + "layers: [{type: ReLU, name: a}, {type: ReLU, name: a}]",
        "layers[1] the name 'a' is already used by layer 0 beside it",
    ),
    "name with a dot": (
        ROW + "layers: [{type: ReLU, name: a.b}]",
        "ReLU(name='a.b'): name must be letters, digits and underscores",
    ),
    "empty branch": (
        ROW + "layers: [{type: Parallel, branches: [[], [{type: ReLU}]]}]",
        "branches must be a non-empty list of branches, each a non-empty list",
    ),
    "empty body": (
        ROW + "layers: [{type: Residual, body: []}]",
        "body must be a non-empty list of layers (Identity() where nothing is to be",
    ),
    "batch axis": (
        ROW + "layers: [{type: Softmax, axis: 0}]",
        "axis must be an integer axis other than 0, the batch axis, received 0",
    ),
    "axis that is not there": (
        ROW + "layers: [{type: Softmax, axis: 2}]",
        "axis 2 does not exist in a batch of shape ('batch', 4); use 1 to 1",
    ),
    "floats into an embedding": (
        ROW + "layers: [{type: Embedding, vocabulary: 3, dim: 2}]",
        "reads integer indices, received floats; put it first and give the spec",
    ),
    "indices into a matrix": (
        ROW + "input_dtype: int\nlayers: [{type: Dense, units: 3}]",
        "reads floats, received integers; put an Embedding before it",
    ),
    "reshape to another size": (
        ROW + "layers: [{type: Reshape, shape: [2, 3]}]",
        "shape must hold as many values as the input, received (2, 3) (6) for (4,) (4)",
    ),
    "too many values": (
        f"netspec: 1\nname: bad\ninput_shape: {[2**31 - 1] * 3}\n"
        "layers: [{type: Flatten}, {type: Dense, units: 3}]",
        "layers[0] Flatten(): arrays have fewer than 2^63 values, received shape",
    ),
    "too many axes": (
        f"netspec: 1\nname: bad\ninput_shape: {[1] * 32}\nlayers: [{{type: ReLU}}]",
        "arrays have at most 31 axes besides the batch, received 32",
    ),
    "newer format": (
        "netspec: 2\nlayers: {anything: at all}",
        "the spec has format version 2, this netspec reads up to 1; upgrade netspec",
    ),
    "no format": ("name: a", "a spec starts with its format version, `netspec: 1`"),
    "alias bomb": (BOMB, "YAML aliases are refused; write it out (line 2)"),
    "nested brackets": (ROW + "layers: " + "[" * 10_000, "more than 64 levels deep"),
    "nested layers": (
        ROW + "layers: " + "[{type: Sequential, layers: " * 5_000 + "[{type: ReLU}]",
        "nested more than 64 levels deep",
    ),
    "code": (
        ROW + "layers: !!python/object/apply:os.system [exit]",
        "YAML tags are refused",
    ),
    "empty file": ("", "holds no document; a spec starts with its format version"),
    "no mapping": ("- 1", "a spec must be a mapping, received [1]"),
}


@pytest.mark.parametrize("name", BAD)
def test_the_library_refuses_it(tmp_path: Path, name: str) -> None:
    content, problem = BAD[name]
    path = tmp_path / "spec.yaml"
    path.write_text(content)
    with pytest.raises(SpecError) as caught:
        ns.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", BAD)
def test_the_command_line_refuses_it(
    netspec: Command, tmp_path: Path, name: str
) -> None:
    content, problem = BAD[name]
    path = tmp_path / "spec.yaml"
    path.write_text(content)
    output = tmp_path / "out"
    for arguments in (
        ["show", path],
        ["init", path, "-o", output],
        ["export", path, "--to", "torch", "-o", output],
    ):
        check_refused(netspec(*arguments), problem)
    assert os.listdir(tmp_path) == ["spec.yaml"]


def test_a_spec_of_a_trillion_parameters(netspec: Command, tmp_path: Path) -> None:
    spec = Spec("huge", (10**6,), [ns.Dense(10**6, bias=False)])
    path = tmp_path / "spec.yaml"
    spec.save(path)
    assert "1,000,000,000,000 trainable" in netspec("show", path).out
    refused = netspec("init", path, "-o", tmp_path / "weights")
    check_refused(refused, "'huge' has 1,000,000,000,000 parameters, 3,725.3 GiB")
    assert os.listdir(tmp_path) == ["spec.yaml"]


@pytest.mark.parametrize("where", ["spec.yaml/below", "missing/file", ".", "/dev/full"])
def test_places_that_cannot_be_written(
    netspec: Command, tmp_path: Path, where: str
) -> None:
    path = tmp_path / "spec.yaml"
    Spec("small", (3,), [ns.Dense(3)]).save(path)
    if where == "/dev/full" and not Path(where).is_char_device():
        pytest.skip("this system has no /dev/full")
    target = tmp_path / where
    problem = f"error: {target}: cannot be written: "
    for arguments in (
        ["init", path, "-o", target],
        ["export", path, "--to", "torch", "-o", target],
    ):
        check_refused(netspec(*arguments), problem)
    assert os.listdir(tmp_path) == ["spec.yaml"]
