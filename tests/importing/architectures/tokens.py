"""Tokens that see each other: mixers and transformers."""

from __future__ import annotations

# The call of a module is Any
# mypy: disable-error-code="no-any-return"
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.importing.architectures.net import Net

PACKED = "one projection to queries, keys and values is three here"
FUNCTION = "PyTorch's own function of attention rounds otherwise"
LAYOUT = "a mean is taken over values that lie otherwise in memory"


class Mlp(nn.Module):
    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.act(self.fc1(x)))


class Mixer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 2, 2)
        self.norm1 = nn.LayerNorm(6)
        self.mlp_tokens = Mlp(9, 5)
        self.norm2 = nn.LayerNorm(6)
        self.mlp_channels = Mlp(6, 8)
        self.head = nn.Linear(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x).flatten(2).transpose(1, 2)
        x = x + self.mlp_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.mlp_channels(self.norm2(x))
        return self.head(x.mean(dim=1))


class ViT(nn.Module):
    def __init__(self, dim: int = 8) -> None:
        super().__init__()
        self.conv_proj = nn.Conv2d(3, dim, kernel_size=2, stride=2)
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embedding = nn.Parameter(torch.zeros(1, 10, dim))
        self.ln_1 = nn.LayerNorm(dim, eps=1e-6)
        self.attention = nn.MultiheadAttention(dim, 2, dropout=0.1, batch_first=True)
        self.ln_2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim, 12)
        self.head = nn.Linear(dim, 4)

    def forward(self, x: Tensor) -> Tensor:
        n = x.shape[0]
        x = self.conv_proj(x).reshape(n, 8, 9).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(n, -1, -1), x], dim=1)
        x = x + self.pos_embedding
        y = self.ln_1(x)
        y, _ = self.attention(y, y, y, need_weights=False)
        x = x + y
        x = x + self.mlp(self.ln_2(x))
        return self.head(x[:, 0])


class Encoder(nn.Module):
    """A layer of BERT: normalized behind each sum."""

    def __init__(self, dim: int = 8) -> None:
        super().__init__()
        self.words = nn.Embedding(9, dim)
        self.positions = nn.Parameter(torch.zeros(1, 5, dim))
        self.norm = nn.LayerNorm(dim)
        self.self_attn = nn.MultiheadAttention(dim, 2, batch_first=True)
        self.linear1 = nn.Linear(dim, 12)
        self.linear2 = nn.Linear(12, dim)
        self.norm1 = nn.LayerNorm(dim)
        self.norm2 = nn.LayerNorm(dim)
        self.pooler = nn.Linear(dim, dim)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.norm(self.words(ids) + self.positions)
        x = self.norm1(x + self.self_attn(x, x, x, need_weights=False)[0])
        x = self.norm2(x + self.linear2(F.gelu(self.linear1(x))))
        return torch.tanh(self.pooler(x[:, 0]))


class GatingMLP(nn.Module):
    """A block of gMLP: half of the channels gates the other, across positions."""

    def __init__(self, dim: int = 4, length: int = 5) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.proj_in = nn.Linear(dim, 8)
        self.gate_norm = nn.LayerNorm(4)
        self.spatial = nn.Conv1d(length, length, 1)
        self.proj_out = nn.Linear(4, dim)

    def forward(self, x: Tensor) -> Tensor:
        y = F.gelu(self.proj_in(self.norm(x)))
        u, v = torch.chunk(y, 2, dim=-1)
        return x + self.proj_out(u * self.spatial(self.gate_norm(v)))


class CausalSelfAttention(nn.Module):
    """Of a GPT: one matrix for queries, keys and values, which see what came before."""

    def __init__(self, dim: int, heads: int = 2, dropout: float = 0.1) -> None:
        super().__init__()
        self.c_attn = nn.Linear(dim, 3 * dim)
        self.c_proj = nn.Linear(dim, dim)
        self.resid_dropout = nn.Dropout(dropout)
        self.heads, self.dim, self.dropout = heads, dim, dropout

    def forward(self, x: Tensor) -> Tensor:
        b, t, c = x.size()
        q, k, v = self.c_attn(x).split(self.dim, dim=2)
        k = k.view(b, t, self.heads, c // self.heads).transpose(1, 2)
        q = q.view(b, t, self.heads, c // self.heads).transpose(1, 2)
        v = v.view(b, t, self.heads, c // self.heads).transpose(1, 2)
        p = self.dropout if self.training else 0
        y = F.scaled_dot_product_attention(
            q, k, v, attn_mask=None, dropout_p=p, is_causal=True
        )
        y = y.transpose(1, 2).contiguous().view(b, t, c)
        return self.resid_dropout(self.c_proj(y))


class GPT(nn.Module):
    def __init__(self, vocabulary: int = 9, length: int = 5, dim: int = 8) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocabulary, dim)
        self.wpe = nn.Embedding(length, dim)
        self.drop = nn.Dropout(0.1)
        self.ln_1 = nn.LayerNorm(dim)
        self.attn = CausalSelfAttention(dim)
        self.ln_2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, 12)
        self.ln_f = nn.LayerNorm(dim)
        self.lm_head = nn.Linear(dim, vocabulary, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(self, idx: Tensor) -> Tensor:
        _, t = idx.size()
        pos = torch.arange(0, t, dtype=torch.long, device=idx.device)
        x = self.drop(self.wte(idx) + self.wpe(pos))
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return self.lm_head(self.ln_f(x))


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


class Llama(nn.Module):
    """A block, but for its rotary positions: groups of queries share keys and values,
    and the MLP has a gate.
    """

    def __init__(self, dim: int = 8) -> None:
        super().__init__()
        self.tok_embeddings = nn.Embedding(9, dim)
        self.attention_norm = RMSNorm(dim)
        self.wq = nn.Linear(dim, dim, bias=False)
        self.wk = nn.Linear(dim, dim // 2, bias=False)
        self.wv = nn.Linear(dim, dim // 2, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)
        self.ffn_norm = RMSNorm(dim)
        self.w1 = nn.Linear(dim, 12, bias=False)
        self.w2 = nn.Linear(12, dim, bias=False)
        self.w3 = nn.Linear(dim, 12, bias=False)
        self.norm = RMSNorm(dim)
        self.output = nn.Linear(dim, 9, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        h = self.tok_embeddings(tokens)
        x = self.attention_norm(h)
        bsz, seqlen, _ = x.shape
        xq = self.wq(x).view(bsz, seqlen, 4, 2).transpose(1, 2)
        xk = self.wk(x).view(bsz, seqlen, 2, 2).transpose(1, 2)
        xv = self.wv(x).view(bsz, seqlen, 2, 2).transpose(1, 2)
        y = F.scaled_dot_product_attention(xq, xk, xv, is_causal=True, enable_gqa=True)
        h = h + self.wo(y.transpose(1, 2).reshape(bsz, seqlen, -1))
        x = self.ffn_norm(h)
        h = h + self.w2(F.silu(self.w1(x)) * self.w3(x))
        return self.output(self.norm(h))


NETS = {
    "MLP-Mixer": Net(Mixer, (3, 6, 6), LAYOUT),
    "ViT": Net(ViT, (3, 6, 6), PACKED),
    "GPT": Net(GPT, (5,), FUNCTION, vocabulary=9),
    "Llama": Net(Llama, (5,), FUNCTION, vocabulary=9),
    "BERT": Net(Encoder, (5,), PACKED, vocabulary=9),
    "gMLP": Net(GatingMLP, (5, 4)),
}
