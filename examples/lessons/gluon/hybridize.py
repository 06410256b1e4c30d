"""Hybridizing a net: the same numbers, another speed.

Run it with `python examples/lessons/gluon/hybridize.py`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import netspec
from netspec import Dense, ReLU, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import forecast, judge

sys.path.insert(0, str(Path(__file__).parents[2]))  # examples/, if run as a script

from lessons.lib import FRAMEWORKS, claim

LAYERS = [Dense(256), ReLU(), Dense(128), ReLU(), Dense(2)]
SPEC = Spec("hybrid", (512,), LAYERS, init="gluon")
ROUNDS, CALLS = 15, 40


def main() -> None:
    """Check section 11.1."""
    if "gluon" not in FRAMEWORKS:
        return
    case = draw_case(SPEC, train=False, dtype="float32", batch=1)
    plain = netspec.compile(SPEC, "gluon", params=case.params)
    import mxnet as mx

    hybrid = netspec.compile(SPEC, "gluon", params=case.params)
    hybrid.hybridize()
    x = mx.nd.array(case.x)
    expected = forecast(case).tensors["output"]
    outputs = [net(x).asnumpy() for net in (plain, hybrid)]
    used = max(judge(y, expected).ratio for y in outputs)
    claim(
        "gluon 11.1",
        "`hybridize()` does not change what a net computes.",
        f"largest difference {abs(outputs[0] - outputs[1]).max():.1g};"
        f" {used:.2g} of what rounding explains",
        used <= 1,
    )
    ratio = interleaved(
        lambda: plain(x).wait_to_read(), lambda: hybrid(x).wait_to_read()
    )
    claim(
        "gluon 11.1",
        "It makes calls faster: the ratio of times, after to before, for the text's net"
        " and a batch of one.",
        f"{ratio:.2f}, interleaved medians of {ROUNDS} rounds",
        ratio < 1,
    )


def interleaved(before: Callable[[], object], after: Callable[[], object]) -> float:
    """Divide the median time of `after` by that of `before`, taken in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, taken in zip((before, after), times, strict=True):
            call()
            start = time.perf_counter()
            for _ in range(CALLS):
                call()
            taken.append(time.perf_counter() - start)
    return statistics.median(times[1]) / statistics.median(times[0])


if __name__ == "__main__":
    main()
