"""Keep MXNet from taking threads away from the rest of the process.

During its import MXNet 1.9.1 limits OpenMP to half of the processors (on x86), also for
PyTorch and everything else that uses OpenMP. It does not if a variable states a number
of threads for MXNet. So the variable states half of the processors, and only the
operators of MXNet use fewer threads.
"""

import os

if "OMP_NUM_THREADS" not in os.environ:
    half = str(max(1, (os.cpu_count() or 2) // 2))
    os.environ.setdefault("MXNET_OMP_MAX_THREADS", half)
