"""Recurrences over positions, each with its pullback through time, by hand.

A cell reads what the input adds to its gates, (positions, n, gates units), in the order
in which positions are read, and returns its states, (positions, n, units). Its pullback
walks the positions backward and carries the gradient of the state; gradients of weights
are one product over all positions at the end.

- RNN: ``da = f'(a) dh``, ``dh_(t-1) = da U``.
- LSTM: ``dc += o (1 - tanh(c)^2) dh``, ``dc_(t-1) = f dc``, with ``(dc g, dc c_(t-1),
  dc i, dh tanh(c))`` times the derivatives of the gates i f g o.
- GRU: ``dn = (1 - z) dh``, ``dz = (h_(t-1) - n) dh``, ``dh_(t-1) = z dh`` and what the
  products give; with ``u = U h + c``, r's is ``dn' u``, u's is ``r dn'``; where r comes
  before the product, that of ``r h`` is ``dn' U``, which h and r share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy

from netspec.reference._arithmetic import Arithmetic
from netspec.reference._decisions import Array


class Hidden(NamedTuple):
    """What multiplies a state: (gates units, units), and (gates units,) or None."""

    weight: Array
    bias: Array | None


class Grads(NamedTuple):
    """Gradients of what the input adds, of the weight and of the bias."""

    a: Array
    weight: Array
    bias: Array


Back = Callable[[Array], Grads]
Pin = Callable[[Array], tuple[Array, Array]]


def rnn(a: Array, u: Hidden, ops: Arithmetic, pin: Pin | None) -> tuple[Array, Back]:
    """Compute ``h = tanh(a + U h + c)``, or ReLU, whose side of 0 `pin` decides."""
    a, hs, passes = _shifted(a, u, ops), _states(a, u), []
    h = np.zeros_like(hs[0])
    for t, at in enumerate(a):
        s = ops.value(at + _product(h, u.weight, ops))
        if pin is None:
            h = ops.value(np.tanh(s))
        else:
            s, passed = pin(s)
            h = np.where(passed, s, 0)
            passes.append(passed)
        hs[t] = h

    def pullback(dhs: Array) -> Grads:
        slopes = np.array(passes) if passes else ops.value(1 - ops.value(hs * hs))
        da, carry = np.empty_like(a), np.zeros_like(hs[0])
        for t in reversed(range(len(a))):
            da[t] = ops.value(ops.value(dhs[t] + carry) * slopes[t])
            carry = _product(da[t], u.weight.T, ops)
        return _grads(da, da, _before(hs), ops)

    return hs, pullback


def lstm(a: Array, u: Hidden, ops: Arithmetic) -> tuple[Array, Back]:
    """Compute ``c = f c + i g`` and ``h = o tanh(c)``."""
    a, hs, units = _shifted(a, u, ops), _states(a, u), u.weight.shape[1]
    gates, cs, tanhs = np.empty_like(a), np.empty_like(hs), np.empty_like(hs)
    h = c = np.zeros_like(hs[0])
    for t, at in enumerate(a):
        s = ops.value(at + _product(h, u.weight, ops))
        gates[t] = scipy.special.expit(s)
        gates[t, :, 2 * units : 3 * units] = np.tanh(s[:, 2 * units : 3 * units])
        gates[t] = ops.value(gates[t])
        i, f, g, o = _parts(gates[t], 4)
        cs[t] = c = ops.value(ops.value(f * c) + ops.value(i * g))
        tanhs[t] = ops.value(np.tanh(c))
        hs[t] = h = ops.value(o * tanhs[t])

    def pullback(dhs: Array) -> Grads:
        i, f, g, o = _parts(gates, 4)
        # What a gradient of c, and of h for the last, is multiplied by for each gate
        factors = np.concatenate([g, _before(cs), i, tanhs], axis=-1)
        factors *= ops.value(gates * (1 - gates))
        factors[..., 2 * units : 3 * units] = i * (1 - ops.value(g * g))
        factors, opens = ops.value(factors), ops.value(o * (1 - tanhs * tanhs))
        da, dh, dc = np.empty_like(a), np.zeros_like(hs[0]), np.zeros_like(hs[0])
        for t in reversed(range(len(a))):
            dh = ops.value(dhs[t] + dh)
            dc = ops.value(dc + ops.value(dh * opens[t]))
            da[t] = ops.value(np.concatenate([dc, dc, dc, dh], axis=-1) * factors[t])
            dc = ops.value(dc * f[t])
            dh = _product(da[t], u.weight.T, ops)
        return _grads(da, da, _before(hs), ops)

    return hs, pullback


def gru(a: Array, u: Hidden, ops: Arithmetic) -> tuple[Array, Back]:
    """Compute ``h = (1 - z) n + z h`` with ``n = tanh(a + r (U h + c))``."""
    hs, units = _states(a, u), u.weight.shape[1]
    gates, inner = np.empty_like(a), np.empty_like(hs)
    h = np.zeros_like(hs[0])
    for t, at in enumerate(a):
        p = _product(h, u.weight, ops)
        p = p if u.bias is None else ops.value(p + u.bias)
        s, inner[t] = ops.value(at + p)[:, : 2 * units], p[:, 2 * units :]
        gates[t, :, : 2 * units] = ops.value(scipy.special.expit(s))
        r, z, _ = _parts(gates[t], 3)
        s = ops.value(at[:, 2 * units :] + ops.value(r * inner[t]))
        gates[t, :, 2 * units :] = n = ops.value(np.tanh(s))
        hs[t] = h = _mixed(n, z, h, ops)

    def pullback(dhs: Array) -> Grads:
        (r, z, n), before = _parts(gates, 3), _before(hs)
        da, carry = np.empty_like(a), np.zeros_like(hs[0])
        du = np.empty_like(a)
        for t in reversed(range(len(a))):
            dh = ops.value(dhs[t] + carry)
            dn = _tanh_back(dh * (1 - z[t]), n[t], ops)
            dr = _sigmoid_back(dn * inner[t], r[t], ops)
            dz = _sigmoid_back(dh * (before[t] - n[t]), z[t], ops)
            da[t] = np.concatenate([dr, dz, dn], axis=-1)
            du[t] = np.concatenate([dr, dz, ops.value(dn * r[t])], axis=-1)
            carry = _product(du[t], u.weight.T, ops)
            carry = ops.value(ops.value(dh * z[t]) + carry)
        return _grads(da, du, before, ops)

    return hs, pullback


def gru_reset_before(a: Array, u: Hidden, ops: Arithmetic) -> tuple[Array, Back]:
    """Compute ``h = (1 - z) n + z h`` with ``n = tanh(a + U (r h) + c)``."""
    a, hs, units = _shifted(a, u, ops), _states(a, u), u.weight.shape[1]
    of_gates, of_n = u.weight[: 2 * units], u.weight[2 * units :]
    gates, kept = np.empty_like(a), np.empty_like(hs)
    h = np.zeros_like(hs[0])
    for t, at in enumerate(a):
        s = ops.value(at[:, : 2 * units] + _product(h, of_gates, ops))
        gates[t, :, : 2 * units] = ops.value(scipy.special.expit(s))
        r, z, _ = _parts(gates[t], 3)
        kept[t] = ops.value(r * h)
        s = ops.value(at[:, 2 * units :] + _product(kept[t], of_n, ops))
        gates[t, :, 2 * units :] = n = ops.value(np.tanh(s))
        hs[t] = h = _mixed(n, z, h, ops)

    def pullback(dhs: Array) -> Grads:
        (r, z, n), before = _parts(gates, 3), _before(hs)
        da, carry = np.empty_like(a), np.zeros_like(hs[0])
        for t in reversed(range(len(a))):
            dh = ops.value(dhs[t] + carry)
            dn = _tanh_back(dh * (1 - z[t]), n[t], ops)
            dkept = _product(dn, of_n.T, ops)
            dr = _sigmoid_back(dkept * before[t], r[t], ops)
            dz = _sigmoid_back(dh * (before[t] - n[t]), z[t], ops)
            da[t] = np.concatenate([dr, dz, dn], axis=-1)
            carry = _product(da[t, :, : 2 * units], of_gates.T, ops)
            carry = ops.value(carry + ops.value(dkept * r[t]))
            carry = ops.value(ops.value(dh * z[t]) + carry)
        of_rz, bias = _grads(da, da, before, ops)[1:]
        of_kept = _grads(da, da, kept, ops).weight
        weight = np.concatenate([of_rz[: 2 * units], of_kept[2 * units :]])
        return Grads(da, weight, bias)

    return hs, pullback


def _shifted(a: Array, u: Hidden, ops: Arithmetic) -> Array:
    """Add the state's bias to what the input adds, where nothing comes between."""
    return a if u.bias is None else ops.value(a + u.bias)


def _states(a: Array, u: Hidden) -> Array:
    return np.empty((*a.shape[:2], u.weight.shape[1]), a.dtype)


def _parts(gates: Array, count: int) -> list[Array]:
    return np.split(gates, count, axis=-1)


def _before(hs: Array) -> Array:
    """Return the state that each position starts with."""
    return np.concatenate([np.zeros_like(hs[:1]), hs[:-1]])


def _product(x: Array, weight: Array, ops: Arithmetic) -> Array:
    return ops.contract(np.matmul, x.shape[-1], x, weight.T)


def _mixed(n: Array, z: Array, h: Array, ops: Arithmetic) -> Array:
    return ops.value(ops.value((1 - z) * n) + ops.value(z * h))


def _tanh_back(dy: Array, y: Array, ops: Arithmetic) -> Array:
    return ops.value(ops.value(dy) * (1 - ops.value(y * y)))


def _sigmoid_back(dy: Array, y: Array, ops: Arithmetic) -> Array:
    return ops.value(ops.value(dy) * ops.value(y * (1 - y)))


def _grads(da: Array, du: Array, states: Array, ops: Arithmetic) -> Grads:
    """Sum the gradients of weight and bias over examples and positions.

    Args:
        da: of what the input adds.
        du: of the products with the states.
        states: that were multiplied.
        ops: rounds.
    """
    rows, flat = du.reshape(-1, du.shape[-1]), states.reshape(-1, states.shape[-1])
    count = len(rows)
    weight = ops.contract(np.matmul, count, rows.T, ops.value(flat))
    return Grads(da, weight, ops.contract(lambda x: x.sum(axis=0), count, rows))
