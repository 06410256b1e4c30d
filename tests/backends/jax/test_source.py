"""The exported file: it reads as by hand."""

from __future__ import annotations

from netspec import init as ni
from netspec import layers as nl
from netspec.spec import Spec
from netspec_jax import backend

MLP = '''\
# he_normal() would cut off the tails of the normal distribution
kaiming_normal = initializers.variance_scaling(2.0, "fan_in", "normal")


def build() -> Layer:
    """Make the net: (batch, 784) float32 to (batch, 10) float32."""
    return serial(
        dense(784, 256, weight=kaiming_normal),
        batch_norm(256),
        elementwise(nn.relu),
        dropout(0.3),
        residual(serial(dense(256, 256, weight=kaiming_normal), elementwise(nn.relu))),
        ("head", dense(256, 10, bias=None)),
    )


def init(key: Array) -> tuple[Tree, Tree]:
    """Draw parameters and state with a key, such as jax.random.key(0)."""
    return net.init(key, jnp.float32)


def apply(
    params: Tree,
    state: Tree,
    x: Array,
    *,
    train: bool = False,
    key: Array | None = None,
) -> tuple[Array, Tree]:
    """Run the net: (batch, 784) float32 to (batch, 10) float32.

    Args:
        params: what `init` drew, or training made of it.
        state: running statistics; training returns the next ones.
        x: a batch.
        train: static under jit: jax.jit(apply, static_argnames="train").
        key: for what is random in training; each step needs a new one.

    Returns:
        The output, and the state for the next call.
    """
    return net.apply(params, state, x, Mode(train, key))
'''


def test_mlp_reads_as_by_hand() -> None:
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    layers += [nl.Residual([nl.Dense(256), nl.ReLU()])]
    head = nl.Dense(10, bias=False, name="head", init={"weight": ni.XavierUniform()})
    spec = Spec("mlp", (784,), [*layers, head], "he")
    source = backend.source(spec)
    begin, end = source.index("# he_normal()"), source.index("\n\n\nTree = ")
    assert source[begin : end + 1] == MLP
    assert source.endswith("\n\n\nnet = build()\n")


def test_volumes_and_each_end_of_a_window() -> None:
    layers = [
        nl.Conv3D(8, 3, stride=2, padding="same"),
        nl.MaxPool3D(2, stride=1, padding="same"),
        nl.AvgPool3D(2, stride=1, padding=1, count_include_pad=False),
        nl.MaxPool3D(2, stride=1, dilation=2),
        nl.GlobalMaxPool3D(),
    ]
    lines = backend.source(Spec("net", (4, 8, 8, 6), layers)).splitlines()
    start = lines.index("    return serial(")
    assert [line.strip() for line in lines[start + 1 : start + 10]] == [
        "# channels last, where XLA is fast; the input is channels first",
        "before(",
        "channels_last,",
        "conv3d(4, 8, (3, 3, 3), stride=2, padding=((0, 1), (0, 1), (0, 1))),",
        "),",
        "max_pool((2, 2, 2), stride=1, padding=((0, 1), (0, 1), (0, 1))),",
        "avg_pool((2, 2, 2), stride=1, padding=1, counted=0),",
        "dilated_max_pool((2, 2, 2), stride=1, dilation=2),",
        "global_max_pool(),",
    ]


def test_layouts_are_explained_and_options_are_not_repeated() -> None:
    layers = [
        nl.Conv2D(8, kernel_size=(3, 3), stride=1, padding="same"),
        nl.MaxPool2D(2),
        nl.BatchNorm(decay=0.99),
        nl.Conv2D(8, kernel_size=(3, 2), groups=2, dilation=(2, 1)),
        nl.AvgPool2D(3, stride=2, padding=1, ceil_mode=True),
        nl.AvgPool2D(2, padding=1, count_include_pad=False),
        nl.Pad2D(((1, 2), (3, 4))),
        nl.LeakyReLU(0.2),
        nl.GELU(),
        nl.Softmax(1),
        nl.Flatten(),
    ]
    lines = backend.source(Spec("cnn", (4, 12, 12), layers)).splitlines()
    start = lines.index("    return serial(")
    assert [line.strip() for line in lines[start + 1 : start + 14]] == [
        "# channels last, where XLA is fast; the input is channels first",
        "before(channels_last, conv(4, 8, (3, 3), padding=1)),",
        "max_pool((2, 2), stride=2),",
        "batch_norm(8, decay=0.99),",
        "conv(8, 8, (3, 2), dilation=(2, 1), groups=2),",
        "avg_pool((3, 3), stride=2, padding=((1, 2), (1, 1)), counted=1),",
        "avg_pool((2, 2), stride=2, padding=1, counted=0),",
        "pad((1, 2), (3, 4)),",
        "elementwise(leaky_relu, negative_slope=0.2),",
        "elementwise(nn.gelu, approximate=False),",
        "elementwise(nn.softmax, axis=-1),",
        "# channels first again, as the weights of the next layers expect",
        "before(channels_first, flatten),",
    ]
