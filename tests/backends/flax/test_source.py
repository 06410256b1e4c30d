"""The exported file: it reads as by hand."""

from __future__ import annotations

from netspec import init as ni
from netspec import layers as nl
from netspec.spec import Spec
from netspec_flax import backend

MLP = '''\
# he_normal() would cut off the tails of the normal distribution
kaiming_normal = nnx.initializers.variance_scaling(2.0, "fan_in", "normal")


class Net(nnx.Module):
    """From (batch, 784) float32 to (batch, 10) float32."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.layers = nnx.Sequential(
            nnx.Linear(784, 256, kernel_init=kaiming_normal, rngs=rngs),
            nnx.BatchNorm(256, momentum=0.9, use_fast_variance=False, rngs=rngs),
            nnx.relu,
            nnx.Dropout(0.3, rngs=rngs),
            Residual(
                nnx.Sequential(
                    nnx.Linear(256, 256, kernel_init=kaiming_normal, rngs=rngs),
                    nnx.relu,
                ),
            ),
            nnx.Linear(
                256,
                10,
                use_bias=False,
                kernel_init=nnx.initializers.glorot_uniform(),
                rngs=rngs,
            ),
        )

    def __call__(self, x: Array) -> Any:
        """Compute the output for a batch."""
        return self.layers(x)
'''


def test_mlp_reads_as_by_hand() -> None:
    layers = [nl.Dense(256), nl.BatchNorm(), nl.ReLU(), nl.Dropout(0.3)]
    layers += [nl.Residual([nl.Dense(256), nl.ReLU()])]
    head = nl.Dense(10, bias=False, init={"weight": ni.XavierUniform()})
    spec = Spec("mlp", (784,), [*layers, head], "he")
    source = backend.source(spec)
    assert source[source.index("# he_normal()") :] == MLP


def test_channels_are_moved_once_each_way() -> None:
    layers = [nl.Conv2D(4, 3), nl.MaxPool2D(2), nl.Conv2D(4, 2), nl.Flatten()]
    source = backend.source(Spec("cnn", (3, 8, 8), [*layers, nl.Dense(2)]))
    net = source[source.index("class Net") :]
    assert net.count("channels_last,") == 1
    assert "nnx.Sequential(channels_first, flatten)" in net
    assert "partial(nnx.max_pool, window_shape=(2, 2), strides=(2, 2))" in net


def test_one_bias_of_each_gate_is_a_cell_of_flax() -> None:
    spec = Spec("rnn", (5, 3), [nl.LSTM(4, recurrent_bias=False)])
    assert "nnx.RNN(\n" in backend.source(spec)
    assert "nnx.OptimizedLSTMCell(" in backend.source(spec)
    both = Spec("rnn", (5, 3), [nl.LSTM(4)])
    assert "nnx.RNN(" not in backend.source(both)


def test_attention_is_that_of_flax_where_it_is_exact() -> None:
    plain = Spec("plain", (5, 8), [nl.MultiHeadAttention(2)])
    assert "nnx.MultiHeadAttention(" in backend.source(plain)
    rotary = Spec("rotary", (5, 8), [nl.MultiHeadAttention(2, rotary=100.0)])
    assert "nnx.MultiHeadAttention(" not in backend.source(rotary)


def test_a_repeated_block_is_a_function_of_the_random_numbers() -> None:
    block = nl.Residual([nl.Dense(6), nl.ReLU(), nl.Dense(6), nl.Tanh(), nl.Dense(6)])
    layers = [block, nl.ReLU(), block, nl.ReLU(), block, nl.ReLU()]
    source = backend.source(Spec("deep", (6,), layers))
    assert "def block(rngs: nnx.Rngs) -> nnx.Module:" in source
    assert "for _ in range(3) for layer in (block(rngs), nnx.relu)" in source


def test_float64_says_so_and_guards_itself() -> None:
    source = backend.source(Spec("one", (6,), [nl.Dense(5)]), dtype="float64")
    assert "param_dtype=jnp.float64" in source
    assert source.count("        need_x64()\n") == 2


def test_what_draws_each_gate_goes_with_what_has_a_layout_of_its_own() -> None:
    layers = [nl.LSTM(4), nl.PReLU(), nl.PositionEmbedding(), nl.ConvTranspose1D(2, 2)]
    source = backend.source(Spec("mixed", (5, 3), layers, "keras"), weights=True)
    assert "per_gate(" in source
    compile(source, "mixed.py", "exec")
