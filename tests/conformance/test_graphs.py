"""Nets that are no trees against the reference, and their exports as text."""

from __future__ import annotations

import pickle

import pytest

import netspec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree
from netspec.contract import Backend
from tests.graphs import GRAPHS

FRAMEWORKS = ("torch", "gluon", "jax")


def backend_of(name: str) -> Backend:
    if not netspec.backends()[name].installed:
        pytest.skip(f"{name} is not installed")
    return netspec.backend(name)


# Both modes and both dtypes, not their product
@pytest.mark.parametrize(
    ("train", "dtype"), [(True, "float64"), (False, "float32")], ids=["training", "not"]
)
@pytest.mark.parametrize("net", GRAPHS)
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_graph_agrees(framework: str, net: str, dtype: str, train: bool) -> None:
    backend = backend_of(framework)
    case = draw_case(GRAPHS[net], train=train, dtype=dtype, batch=3)
    agreement = agree(backend, case)
    assert not agreement.failures, str(agreement)
    if dtype == "float64":
        assert agreement.passed, str(agreement)


LINES = {
    "torch": """
        high0_fused = self.high0_fused(high0 + up0)
        low0_fused = self.low0_fused(low0 + down0)
        high1 = self.high1(high0_fused)
""",
    "gluon": """
        high0_fused = self.high0_fused(F.add_n(high0, up0))
        low0_fused = self.low0_fused(F.add_n(low0, down0))
        high1 = self.high1(high0_fused)
""",
    "jax": """
    high0_fused = net.high0_fused(high0 + up0)
    low0_fused = net.low0_fused(low0 + down0)
    high1 = net.high1(high0_fused)
""",
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_export_has_a_line_for_each_node(framework: str) -> None:
    source = backend_of(framework).source(GRAPHS["hrnet"], dtype="float32")
    assert LINES[framework] in source


def test_a_module_may_be_pickled() -> None:
    torch = pytest.importorskip("torch")
    net = netspec.compile(GRAPHS["res2net"], "torch", seed=0).eval()
    x = torch.ones(2, 5, 6, 5)
    assert torch.equal(pickle.loads(pickle.dumps(net))(x), net(x))
