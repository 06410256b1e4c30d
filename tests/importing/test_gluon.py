"""A block of Gluon becomes a spec with its weights, and stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import importing
from netspec.conformance.cases import single_layers
from netspec.contract import Array
from netspec.importing import ImportProblem
from tests.importing.compared import nameless

pytestmark = pytest.mark.skipif(
    not ns.backends()["gluon"].installed, reason="MXNet is not installed"
)
X = np.random.default_rng(0).normal(size=(3, 2, 6, 6)).astype(np.float32)
CATALOG = single_layers()


@pytest.fixture
def mx() -> Any:
    ns.backend("gluon")  # first: without it MXNet cannot be imported
    return pytest.importorskip("mxnet")


def arrays(block: Any) -> dict[str, Array]:
    return {name: one.data().asnumpy() for name, one in block.collect_params().items()}


def filled(mx: Any, block: Any, x: Array = X) -> Any:
    """The block with values that tell all parameters apart."""
    block.initialize()
    block(mx.nd.array(x))
    draw = np.random.default_rng(1)
    for one in block.collect_params().values():
        one.set_data(mx.nd.array(draw.uniform(0.5, 1.5, one.shape)))
    return block


def net_of(mx: Any) -> Any:
    """A net with a block of its own, operations in its code, and Gluon's defaults."""
    nn = mx.gluon.nn

    class Gated(mx.gluon.HybridBlock):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            with self.name_scope():
                self.conv = nn.Conv2D(4, 3, padding=1)
                self.norm = nn.BatchNorm(scale=False)
                self.gate = nn.Conv2D(4, 1)

        def hybrid_forward(self, F: Any, x: Any) -> Any:
            x = F.relu(self.norm(self.conv(x)))
            return x * F.sigmoid(self.gate(x))

    net = nn.HybridSequential()
    net.add(Gated(), nn.Dropout(0.3), nn.GlobalMaxPool2D(), nn.Dense(5))
    return filled(mx, net)


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("example", [X, X.shape[1:]], ids=["batch", "shape"])
def test_a_net(mx: Any, hybrid: bool, example: object) -> None:
    net = net_of(mx)
    net.hybridize(hybrid)
    wanted, before = net(mx.nd.array(X)).asnumpy(), arrays(net)
    found = importing.gluon(net, example, name="gated")
    assert found.spec.name == "gated"
    gate = [ns.Conv2D(4, kernel_size=1), ns.Sigmoid()]
    assert nameless(found.spec) == (
        ns.Conv2D(4, kernel_size=3, padding=1),
        ns.BatchNorm(scale=False, running_variance="biased"),
        ns.ReLU(),
        ns.Parallel([[ns.Identity()], gate], merge="multiply"),
        ns.Dropout(0.3),
        ns.GlobalMaxPool2D(keepdims=True),
        ns.Flatten(),
        ns.Dense(5),
    )
    again = ns.compile(found.spec, "gluon", params=found.params)
    assert np.array_equal(ns.backend("gluon").forward(again, found.spec, X), wanted)
    after = arrays(net)
    assert all(np.array_equal(after[name], array) for name, array in before.items())
    assert {*found.names.values(), *found.unused} == before.keys()
    (ignored,) = found.unused
    assert ignored.endswith("gamma")  # which scale=False fixes at 1


def test_indices_are_inputs_where_a_table_reads_them(mx: Any) -> None:
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Embedding(5, 3), mx.gluon.nn.Dense(2))
    found = importing.gluon(filled(mx, net, np.ones((1, 2))), (2,))
    assert found.spec == ns.Spec(
        "HybridSequential", (2,), found.spec.layers, input_dtype="int"
    )
    assert nameless(found.spec) == (ns.Embedding(5, 3), ns.Flatten(), ns.Dense(2))


def test_training_that_computes_otherwise_is_refused_or_said(mx: Any) -> None:
    class Doubled(mx.gluon.HybridBlock):  # type: ignore[misc]
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return 2 * x if mx.autograd.is_training() else F.relu(x)

    with pytest.raises(ImportProblem, match="training: calls other operations"):
        importing.gluon(Doubled(), (3,))
    found = importing.gluon(Doubled(), (3,), evaluation_only=True)
    assert nameless(found.spec) == (ns.ReLU(),)
    assert found.training_only == ("the operations that training calls, which differ",)


def test_one_output_of_several_is_chosen(mx: Any) -> None:
    class Two(mx.gluon.HybridBlock):  # type: ignore[misc]
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return F.relu(x, name="first"), [F.tanh(x, name="second")]

    with pytest.raises(ImportProblem, match=r"gives 2 outputs: .*first, .*second"):
        importing.gluon(Two(prefix="two_"), (3,))
    found = importing.gluon(Two(prefix="two_"), (3,), output="two_second")
    assert nameless(found.spec) == (ns.Tanh(),)


def test_code_that_needs_a_batch_is_refused(mx: Any) -> None:
    class Sized(mx.gluon.HybridBlock):  # type: ignore[misc]
        def hybrid_forward(self, F: Any, x: Any) -> Any:
            return x if x.shape[0] > 1 else 2 * x

    class Pair(mx.gluon.HybridBlock):  # type: ignore[misc]
        def hybrid_forward(self, F: Any, x: Any, y: Any) -> Any:
            return x + y

    for block in (Sized(), Pair()):
        with pytest.raises(ImportProblem, match="must take a symbol of one input"):
            importing.gluon(block, (3,))


def test_a_block_without_values_is_refused(mx: Any) -> None:
    dense = mx.gluon.nn.Dense(3, prefix="one_")
    with pytest.raises(ImportProblem, match="one_weight has no values; initialize"):
        importing.gluon(dense, (2,))


def test_what_is_no_block_and_no_example_is_refused(mx: Any) -> None:
    with pytest.raises(ns.InputError, match=r"block must be an mxnet\.gluon\.H"):
        importing.gluon(np.tanh, (2,))
    with pytest.raises(ns.InputError, match="example must be a batch of one input"):
        importing.gluon(mx.gluon.nn.Dense(3), "x")


def test_saved_parameters_of_every_layer_are_those_of_its_spec(tmp_path: Path) -> None:
    backend, path = ns.backend("gluon"), tmp_path / "net.params"
    for spec in CATALOG.values():
        try:
            net = ns.compile(spec, "gluon", seed=1)
        except ns.BackendError:
            continue
        net.save_parameters(str(path))
        wanted, found = backend.params(net, spec), importing.adopted(spec, path)
        assert list(found.params) == list(wanted)
        assert all(np.array_equal(found.params[p], wanted[p]) for p in wanted), spec
        assert not found.proposed, spec
