"""MXNet beside other frameworks on any NumPy: imported, and numpy as it was.

Every case is a fresh interpreter.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import netspec_gluon
from netspec import Dense, Spec


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


def test_numpy_is_as_it_was_and_mxnet_has_all_it_needs() -> None:
    """Its special values; and its slow imports, once someone needs them."""
    run(
        CHECKED
        + """
import math, sys
import mxnet as mx
assert math.isnan(mx.np.NaN) and math.isnan(mx.np.NAN)
assert (mx.np.PINF, mx.np.NINF) == (math.inf, -math.inf)
assert (mx.np.PZERO, math.copysign(1, mx.np.NZERO)) == (0, -1)

assert not sys.modules.keys() & {"scipy.stats", "sklearn"}
from mxnet import test_utils
from mxnet.contrib import quantization
assert quantization.stats.entropy([0.5, 0.5]) > 0
assert test_utils.ss.norm.cdf(0) == 0.5
from sklearn.base import BaseEstimator
"""
    )


# Each comes first, and each comes before each other
ORDERS = [
    ("torch", "jax", "netspec_gluon"),
    ("netspec_gluon", "torch", "jax"),
]
THREADS = "import torch; print(torch.get_num_threads())"


@pytest.fixture
def own_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody says how many threads frameworks have."""
    for variable in ("OMP_NUM_THREADS", "MXNET_OMP_MAX_THREADS"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def alone(own_threads: None) -> str:
    """What torch prints where it is alone."""
    return _alone()


@cache
def _alone() -> str:
    return run(THREADS)


@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_frameworks_live_in_one_process_with_their_own_threads(
    order: tuple[str, ...], alone: str
) -> None:
    pytest.importorskip("jax")
    printed = run(
        f"""
import {", ".join(order)}
import jax, jax.numpy as jnp, mxnet as mx, numpy as np, torch
{THREADS}

x = np.arange(6, dtype=np.float32).reshape(2, 3)
a = jax.jit(lambda x: x @ x.T)(jnp.asarray(x))
b = torch.tensor(x) @ torch.tensor(x).T
c = mx.nd.dot(mx.nd.array(x), mx.nd.array(x).T)
assert np.array_equal(a, b) and np.array_equal(b, c.asnumpy())
"""
    )
    assert printed == alone


def test_an_exported_file_changes_nothing_and_imports_what_it_likes(
    tmp_path: Path,
) -> None:
    observer = netspec_gluon.backend.observer.script
    path = tmp_path / "net.py"
    path.write_text(netspec_gluon.backend.source(Spec("net", (3,), [Dense(2)])))
    run(
        f"""{NUMPY}
import runpy, sys
runpy.run_path({str(observer)!r})
before = names()
runpy.run_path({str(path)!r})
assert names() == before
assert "mxnet" in sys.modules
assert not sys.modules.keys() & {{"scipy.stats", "sklearn"}}
import scipy.stats, sklearn
"""
    )


def test_other_threads_import_what_they_like_meanwhile() -> None:
    run(
        """
import threading
from netspec_gluon.mxnet191._import_filter import without
with without("colorsys"):
    other = threading.Thread(target=__import__, args=("colorsys",))
    other.start()
    other.join()
    import colorsys
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
