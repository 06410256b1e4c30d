"""MXNet beside other frameworks on any NumPy: imported, and numpy as it was.

Every case is a fresh interpreter.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import netspec_gluon


def run(code: str) -> str:
    """What a fresh interpreter prints; warnings of packages themselves aside."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


NUMPY = """
import numpy as np
import types

def names():  # submodules become attributes once something imports them
    return {n for n, v in vars(np).items() if not isinstance(v, types.ModuleType)}
"""

CHECKED = f"""{NUMPY}
before = names()
import netspec_gluon
assert names() == before, names() ^ before
"""


def test_numpy_is_as_it_was_where_mxnet_came_first() -> None:
    run(
        f"""{NUMPY}
for name in set({NAMES!r}.split()) - vars(np).keys():
    setattr(np, name, None)
np.bool = np.bool_
import mxnet
held = names()
import netspec_gluon
assert names() == held
assert mxnet is netspec_gluon._backend.mx
"""
    )


# What someone who patched numpy by hand left there
NAMES = """PZERO NZERO NINF PINF NAN NaN Inf alltrue in1d mirr msort npv pmt ppmt pv
rate trapz sometrue round_ product"""


def test_numpy_is_as_it_was_where_mxnet_is_missing() -> None:
    run(
        f"""{NUMPY}
import sys
sys.modules["mxnet"] = None
before = names()
try:
    import netspec_gluon
except ImportError:
    pass
assert names() == before
"""
    )


def test_threads_may_import_it_at_once() -> None:
    run(
        f"""{NUMPY}
import threading
before, found = names(), []
def load():
    import netspec_gluon
    found.append(netspec_gluon.backend)
threads = [threading.Thread(target=load) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(found) == 8 and len(set(map(id, found))) == 1
assert names() == before
"""
    )


def test_numpy_is_as_it_was_and_mxnet_has_its_special_values() -> None:
    run(
        CHECKED
        + """
import math
import mxnet as mx
assert math.isnan(mx.np.NaN) and math.isnan(mx.np.NAN)
assert (mx.np.PINF, mx.np.NINF) == (math.inf, -math.inf)
assert (mx.np.PZERO, math.copysign(1, mx.np.NZERO)) == (0, -1)
"""
    )


# Each comes first, and each comes before each other
ORDERS = [
    ("torch", "jax", "netspec_gluon"),
    ("jax", "netspec_gluon", "torch"),
    ("netspec_gluon", "torch", "jax"),
]


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_frameworks_live_in_one_process(order: tuple[str, ...]) -> None:
    pytest.importorskip("jax")
    run(
        f"""
import {", ".join(order)}
import jax, jax.numpy as jnp, mxnet as mx, numpy as np, torch

x = np.arange(6, dtype=np.float32).reshape(2, 3)
a = jax.jit(lambda x: x @ x.T)(jnp.asarray(x))
b = torch.tensor(x) @ torch.tensor(x).T
c = mx.nd.dot(mx.nd.array(x), mx.nd.array(x).T)
assert np.array_equal(a, b) and np.array_equal(b, c.asnumpy())
"""
    )


def test_other_frameworks_keep_their_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("MXNET_OMP_MAX_THREADS", raising=False)
    count = "import torch; print(torch.get_num_threads())"
    alone = run(count)
    for order in ("torch, netspec_gluon", "netspec_gluon, torch"):
        assert run(f"import {order}; {count}") == alone


def test_its_slow_imports_wait_until_someone_needs_them() -> None:
    run(
        """
import sys
import netspec_gluon
assert not sys.modules.keys() & {"scipy.stats", "sklearn"}
from mxnet import test_utils
from mxnet.contrib import quantization
assert quantization.stats.entropy([0.5, 0.5]) > 0
assert test_utils.ss.norm.cdf(0) == 0.5
from sklearn.base import BaseEstimator
"""
    )


def test_an_exported_file_may_import_what_mxnet_did_without() -> None:
    observer = Path(netspec_gluon.__file__).with_name("_observe.py")
    run(
        f"""
import runpy, sys
runpy.run_path({str(observer)!r})
from netspec_gluon.mxnet191 import shim
assert not sys.modules.keys() & {{"scipy.stats", "sklearn"}}
import scipy.stats, sklearn
"""
    )


def test_other_threads_import_what_they_like_meanwhile() -> None:
    run(
        """
import threading
from netspec_gluon.mxnet191._import_filter import without
with without("sklearn"):
    other = threading.Thread(target=__import__, args=("sklearn",))
    other.start()
    other.join()
    import sklearn
with without("wave"):
    try:
        import wave
    except ModuleNotFoundError:
        pass
    else:
        raise AssertionError
import wave
"""
    )
