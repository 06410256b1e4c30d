"""MXNet on the NumPy of today.

MXNet 1.9.1 is the last release. While it is imported it reads names that NumPy has
since dropped: they are put on `numpy` for that moment only. An exported file carries
these lines along.
"""

from contextlib import ExitStack
from importlib import import_module

import numpy as np

# MXNet 1.9.1 reads names that NumPy has since dropped; here they are while it loads
with ExitStack() as dropped:
    for value, names in (
        (np.bool_, "bool"),
        (0.0, "PZERO"),
        (-0.0, "NZERO"),
        (np.inf, "PINF Inf"),
        (-np.inf, "NINF"),
        (np.nan, "NAN NaN"),
        (None, "alltrue in1d mirr msort npv pmt ppmt product pv rate round_"),
        (None, "sometrue trapz"),
    ):
        for name in set(names.split()) - vars(np).keys():
            setattr(np, name, value)
            dropped.callback(delattr, np, name)
    import_module("mxnet")
