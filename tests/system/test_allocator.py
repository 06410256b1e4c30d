"""Memory that a process keeps."""

from __future__ import annotations

import subprocess
import sys
from platform import libc_ver

SCRIPT = """
import numpy as np, resource
from netspec._system import keep_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        [np.ones(2**20) for _ in range(8)]  # 64 MiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(keep_memory(), faults(), faults())
"""


def test_arrays_that_follow_get_the_memory_of_those_before() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    keeps, _, faults = said.stdout.split()
    assert keeps == str(libc_ver()[0] == "glibc")
    assert keeps == "False" or int(faults) < 2000  # pages; otherwise 20,000
