"""Seconds that a statement takes the first time, measured in a fresh process."""

from __future__ import annotations

import subprocess
import sys

# Garbage of the imports must not be measured: whether the collector runs during the
# statement or after it makes a difference of 40 ms
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
    """Measure a statement after a setup, both lines of Python; return seconds."""
    code = CODE.format(setup=setup, statement=statement)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout)
