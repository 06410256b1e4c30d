"""Names that people bring from other frameworks, in errors."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter
from typing import Any

import pytest

from netspec import Spec, SpecError
from netspec.declare import fields_of
from netspec.layers import LAYERS, WHOSE, elsewhere

FOREIGN = import_module("netspec.layers._foreign")
OURS = [LAYERS[name] for name in LAYERS if "netspec.layers" in LAYERS[name].__module__]


def problem(**layer: Any) -> str:
    document = {"netspec": 1, "name": "net", "input_shape": [3], "layers": [layer]}
    with pytest.raises(SpecError) as caught:
        Spec.from_dict(document)
    return str(caught.value)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ({"type": "BatchNorm", "momentum": 0.99}, "decay = 1 - momentum (PyTorch)"),
        ({"type": "BatchNorm", "epsilon": 1}, "'epsilon'; here it is eps"),
        ({"type": "Dropout", "p": 0.5}, "'p'; here it is rate"),
        ({"type": "Dense", "features": 5}, "'features'; here it is units"),
        ({"type": "Conv2D", "features": 5}, "'features'; here it is channels"),
        ({"type": "Dense", "units": 5, "activation": "relu"}, "such as ReLU after it"),
        ({"type": "Dense", "momentum": 1}, "'momentum'; known: bias"),
        ({"type": "Linear"}, "'Linear'; PyTorch's nn.Linear is Dense here"),
        ({"type": "Embed"}, "Flax's nnx.Embed is Embedding here"),
        ({"type": "Conv"}, "Flax's nnx.Conv is Conv1D or Conv2D"),
        ({"type": "Dropout2d"}, "Dropout2d is ChannelDropout here"),
        ({"type": "Dropout", "keep_prob": 0.5}, "rate = 1 - keep_prob"),
        (
            {"type": "AdaptiveAveragePooling2D"},
            "AdaptiveAveragePooling2D is AdaptiveAvgPool2D here",
        ),
        ({"type": "AdaptiveAvgPool2D", "output_size": 1}, "here it is size"),
        ({"type": "Upsample"}, "here it is Upsample2D of images"),
        ({"type": "UpSampling2D"}, "UpSampling2D is Upsample2D here"),
        ({"type": "Upsample2D", "scale_factor": 2}, "here it is scale"),
        ({"type": "Upsample2D", "mode": "bilinear"}, "here it is 'linear'"),
        ({"type": "Conv2DTranspose"}, "Conv2DTranspose is ConvTranspose2D here"),
        ({"type": "ConvTranspose2d"}, "did you mean 'ConvTranspose2D'?"),
        ({"type": "LRN"}, "LRN is LocalResponseNorm here"),
        ({"type": "ConvLSTM2D"}, "there is none here, but 'Add a layer'"),
        ({"type": "SimpleRNN"}, "is RNN"),
        ({"type": "Bidirectional"}, "direction 'both'"),
        ({"type": "LSTM", "hidden_size": 2}, "here it is units"),
        ({"type": "LSTM", "units": 2, "bidirectional": True}, "direction='both'"),
        ({"type": "LSTM", "units": 2, "num_layers": 2}, "one layer after another"),
        ({"type": "LSTM", "units": 2, "return_sequences": True}, "Select(1, -1)"),
        ({"type": "MaxPooling3D"}, "MaxPooling3D is MaxPool3D here"),
        ({"type": "Conv3D", "channels": 1, "kernel": 3}, "here it is kernel_size"),
        ({"type": "nn."}, "unknown layer 'nn.'"),
        ({"type": "Conv2d"}, "did you mean 'Conv2D'?"),
    ],
)
def test_a_name_is_translated_by_meaning(layer: dict[str, Any], said: str) -> None:
    assert said in problem(**layer)


def test_every_unknown_field_is_named() -> None:
    said = problem(type="BatchNorm", momentum=0.9, epsilon=1e-5, sale=True)
    assert "no field 'momentum'; here it is decay" in said
    assert ", no field 'epsilon'; here it is eps" in said
    assert said.endswith(", no field 'sale'; did you mean 'scale'?")


def test_each_layer_has_its_names_elsewhere() -> None:
    names = elsewhere()
    assert {*names} == {kind.__name__ for kind in OURS}
    assert {f for row in names.values() for f in row} == {*WHOSE}


ROOTS = {
    "torch": {"nn": "torch.nn", "torch": "torch"},
    "gluon": {
        "nn": "mxnet.gluon.nn",
        "rnn": "mxnet.gluon.rnn",
        "nd": "mxnet",
        "contrib": "mxnet.gluon.contrib",
    },
    "flax": {
        "nnx": "flax.nnx",
        "linen": "flax.linen",
        "jnp": "jax.numpy",
        "jax": "jax",
    },
}


@pytest.mark.parametrize("framework", ROOTS)
def test_names_elsewhere_are_theirs(framework: str) -> None:
    first = {"gluon": "netspec_gluon"}.get(framework, framework)
    pytest.importorskip(first)
    for own, names in elsewhere().items():
        name = names.get(framework, "").partition("(")[0]
        if name:
            root, *parts = name.split(".")
            module = import_module(ROOTS[framework][root])
            parts = [root, *parts] if root == "nd" else parts
            assert attrgetter(".".join(parts))(module), (own, name)


def test_what_is_named_exists_and_what_is_absent_does_not() -> None:
    fields = {name for kind in OURS for name in fields_of(kind)}
    assert {own for names in FOREIGN.FIELDS.values() for own in names} <= fields
    assert not {*FOREIGN.REMARKS} & fields - {"axis", "activation"}
    for name, own in FOREIGN.LAYERS.items():
        assert name not in LAYERS
        assert own.split()[0] in {*LAYERS, "a", "the"}
    ours = [kind.__name__ for kind in OURS]  # without those of other tests
    assert not [name for name in ours if name.startswith(FOREIGN.ABSENT)]
