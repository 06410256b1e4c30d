"""Tensors of PyTorch with a mistake in their gradient or their rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Change = Callable[[Tensor], Tensor]


def hooked(x: Tensor, change: Change) -> Tensor:
    """Equal values; their gradient is changed on its way back."""
    if not x.requires_grad:
        return x
    alias = x.view_as(x)
    alias.register_hook(change)
    return alias


def times(factor: float) -> Change:
    """Multiplied by a factor."""
    return lambda x: x * factor


class _Borrowed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, values: Tensor) -> Tensor:
        return values.detach().clone()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return grads[0], None


def borrowing(x: Tensor, values: Tensor) -> Tensor:
    """These values, with the gradient of x."""
    y: Tensor = _Borrowed.apply(x, values)  # type: ignore[no-untyped-call]
    return y


def bfloat16(x: Tensor) -> Tensor:
    """Rounded to 8 bits, as products of bfloat16 are."""
    return x.to(torch.bfloat16).to(x.dtype)


def tf32(x: Tensor) -> Tensor:
    """Rounded to 11 bits, as NVIDIA's tensor cores read float32."""
    mantissa, exponent = torch.frexp(x.detach())
    return borrowing(x, torch.ldexp(torch.round(mantissa * 2**11) / 2**11, exponent))


def narrow(x: Tensor) -> Tensor:
    """Rounded to float32."""
    return x.to(torch.float32).to(x.dtype)
