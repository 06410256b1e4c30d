"""False alarms: random models on sound backends, none of which may fail.

python -m tests.fuzz --specs 300 --seed 0
python -m tests.fuzz --half large --specs 100   convolutional and residual nets, trained
python -m tests.fuzz --specs 300 --log FILE       goes on where the file ends
python -m tests.fuzz --specs 300 --shard 0/4      every fourth model
python -m tests.fuzz --specs 300 --write          writes the figures of TOLERANCE.md
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz import figures
from tests.fuzz.trial import HALVES, Finding, Half
from tests.fuzz.worker import DTYPES, append, read

BACKENDS = "torch gluon jax"


def main(arguments: list[str]) -> int:
    """Run what is not in the log yet; 1 if anything fails, or too much is undecided."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--half", choices=HALVES, default="small")
    parser.add_argument("--specs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--backends", default=BACKENDS)
    parser.add_argument("--shard", default="0/1")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    index, count = map(int, given.shard.split("/"))
    numbers = range(index, given.specs, count)
    with TemporaryDirectory() as folder:
        log = given.log or Path(folder, "log")
        for backend in given.backends.split():
            _run(log, given.half, backend, given.seed, numbers)
        found = read(log)
    _say("\n" + figures.table(found))
    if given.write:
        figures.write(found, given.half)
    return int(_tell(HALVES[given.half], given.seed, found))


def _run(log: Path, half: str, backend: str, seed: int, numbers: range) -> None:
    """Run the models that are not in the log in processes of their own."""
    while left := _left(log, backend, numbers)[: HALVES[half].chunk]:
        module = ("-m", "tests.fuzz.worker", log, half, backend, seed, *left)
        command = [sys.executable, *map(str, module)]
        ended = subprocess.run(command, check=False).returncode
        rest = _left(log, backend, numbers)
        if ended < 0 and rest[0] in left:  # a signal: the framework itself crashed
            reason = f"the process ended with {ended}"
            crash = rest[0], backend, DTYPES[0], "", "crash", math.inf, 0.0, reason
            append(log, [Finding(*crash)])
        elif ended:
            raise SystemExit(ended)
        mine = [finding for finding in read(log) if finding.backend == backend]
        _say(f"{backend}: {len(rest)} models to go; {figures.line(mine)}")


def _left(log: Path, backend: str, numbers: range) -> list[int]:
    done = {f.number for f in read(log) if f.backend == backend}
    return [number for number in numbers if number not in done]


def _tell(half: Half, seed: int, found: list[Finding]) -> bool:
    """Show what did not pass; whether one failed, or too much is undecided."""
    bad = [f for f in found if f.status in ("fail", "inconclusive", "crash")]
    for number in sorted({finding.number for finding in bad}):
        _say(f"\nmodel {number}: {half.draw(seed, number)!r}")
        _say("\n".join(str(finding) for finding in bad if finding.number == number))
    undecided = sum(finding.status == "inconclusive" for finding in bad)
    failed = any(finding.status == "fail" for finding in bad)
    return failed or undecided > half.undecided * len(found)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a script)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
