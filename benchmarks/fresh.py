"""Seconds that something takes the first time, each time in a fresh process."""

from __future__ import annotations

import subprocess
import sys

# The garbage of what was imported is not what is measured: whether the collector comes
# to it a little sooner or later makes a difference of 40 ms
CODE = """
import gc
import time
{setup}
gc.collect()
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
"""


def seconds(setup: str, statement: str) -> float:
    """What a statement takes after a setup, both of them lines of Python."""
    code = CODE.format(setup=setup, statement=statement)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)
