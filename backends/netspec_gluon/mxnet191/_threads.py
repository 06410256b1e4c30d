"""Keeps MXNet from taking threads away from the rest of the process.

While it is imported MXNet 1.9.1 sets OpenMP to half of the processors (on x86), for
PyTorch and whatever else uses it. It does not where it is told how many to use, so it
is told exactly that number, and only its own operators have fewer.
"""

import os

if "OMP_NUM_THREADS" not in os.environ:
    half = str(max(1, (os.cpu_count() or 2) // 2))
    os.environ.setdefault("MXNET_OMP_MAX_THREADS", half)
