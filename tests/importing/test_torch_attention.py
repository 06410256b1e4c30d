"""PyTorch's own function of attention, between matrices that people write."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import netspec as ns
from netspec import importing
from netspec.importing import ImportProblem
from tests.importing.architectures.tokens import GPT
from tests.importing.compared import nameless

SEEN = torch.ones(5, 5).tril().bool() & ~torch.ones(5, 5).tril(-2).bool()


class Heads(nn.Module):
    """Attention over heads that are parts of channels, and a matrix behind it."""

    mask: Tensor | None

    def __init__(self, bias: bool = True, **given: Any) -> None:
        super().__init__()
        self.mask = given.pop("attn_mask", None)
        self.behind = given.pop("behind", True)
        self.turn = given.pop("turn", 1.0)
        self.given = given
        self.query, self.key, self.value = (nn.Linear(8, 8) for _ in range(3))
        self.out = nn.Linear(8, 8, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        matrices = (self.query, self.key, self.value)
        q, k, v = (one(x).view(len(x), 5, 2, 4).transpose(1, 2) for one in matrices)
        q = q if self.turn == 1 else q * self.turn
        y = F.scaled_dot_product_attention(q, k, v, self.mask, **self.given)
        y = y.transpose(1, 2).reshape(len(x), 5, 8)
        return self.out(y) if self.behind else y


@pytest.mark.parametrize(
    ("given", "layer"),
    [
        ({}, ns.MultiHeadAttention(2)),
        ({"is_causal": True, "scale": 0.5}, ns.MultiHeadAttention(2, causal=True)),
        ({"attn_mask": SEEN}, ns.MultiHeadAttention(2, causal=True, window=2)),
        (
            {"attn_mask": torch.where(SEEN, 0.0, -math.inf)},
            ns.MultiHeadAttention(2, causal=True, window=2),
        ),
    ],
)
def test_masks(given: dict[str, Any], layer: ns.Layer) -> None:
    torch.manual_seed(0)
    module = Heads(**given)
    found = importing.torch(module, (5, 8))
    assert nameless(found.spec) == (layer,)
    how: dict[str, Any] = {"backends": (), "modes": "evaluation", "dtypes": "float64"}
    assert ns.certify(module, found.spec, found.params, found.names, **how).passed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"behind": False}, "is a layer of netspec with nn.Linear behind it"),
        ({"bias": False}, "has a bias where its queries have none, or none; give all"),
        ({"scale": 1.0}, r"scales by 1.0, where netspec has 1 / sqrt\(4\)"),
        ({"turn": 2.0}, "reads query that no nn.Linear alone makes, such as by rotary"),
        ({"attn_mask": ~SEEN}, "has a mask that is neither causal nor a window"),
        ({"attn_mask": torch.ones(5, 5)}, "has a mask of other values than 0"),
        ({"attn_mask": nn.Parameter(torch.ones(5, 5))}, "has a mask that is learned"),
    ],
)
def test_attention_of_other_kinds(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ImportProblem, match=said) as caught:
        importing.torch(Heads(**given), (5, 8))
    assert len(caught.value.problems) == 1


def test_parts_of_one_matrix_and_rows_of_a_table_keep_their_names() -> None:
    found = importing.torch(GPT(length=7), torch.zeros(2, 5, dtype=torch.int64))
    names = {name for name in found.names.values() if "[" in name}
    rows = ("0:8", "8:16", "16:24")
    packed = {f"attn.c_attn.{k}[{part}]" for part in rows for k in ("weight", "bias")}
    assert names == packed | {"wpe.weight[0:5]"}
    assert found.spec.ties
    (layer,) = (
        node.layer
        for node in found.spec.graph.walk()
        if isinstance(node.layer, ns.MultiHeadAttention)
    )
    assert (layer.causal, layer.dropout) == (True, 0.1)
