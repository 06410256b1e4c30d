"""False alarms: random models on sound backends, none of which may fail.

python -m tests.fuzz --specs 300 --seed 0
python -m tests.fuzz --specs 300 --log out/fuzz.jsonl     goes on where it ended
python -m tests.fuzz --specs 300 --shard 0/4              every fourth model
python -m tests.fuzz --specs 300 --write                  figures of TOLERANCE.md
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import netspec
from tests.fuzz import figures
from tests.fuzz.draw import draw_spec
from tests.fuzz.trial import Finding, trial

BACKENDS = "torch gluon jax"
DTYPES = ("float32", "float64")


def main(arguments: list[str]) -> int:
    """Run what is not in the log yet; 1 if anything fails or is not decided."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--specs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--backends", default=BACKENDS)
    parser.add_argument("--shard", default="0/1")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    index, count = map(int, given.shard.split("/"))
    found: list[Finding] = []
    for number in range(index, given.specs, count):
        for name in given.backends.split():
            found += _once(given.seed, number, name, given.log)
        _say(f"{number + 1}/{given.specs}: {figures.line(found)}")
    _say("\n" + figures.table(found))
    if given.write:
        figures.write(found)
    bad = [finding for finding in found if finding.status in ("fail", "inconclusive")]
    for number in sorted({finding.number for finding in bad}):
        _say(f"\nmodel {number}: {draw_spec(given.seed, number)!r}")
        _say("\n".join(str(finding) for finding in bad if finding.number == number))
    return int(bool(bad))


def _once(seed: int, number: int, backend: str, log: Path | None) -> list[Finding]:
    """The findings on one model and backend, from the log if they are there."""
    if log is None:
        return list(_run(seed, number, backend))
    done = [f for f in _read(log) if (f.number, f.backend) == (number, backend)]
    if done:
        return done
    found = list(_run(seed, number, backend))
    with log.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(finding) + "\n" for finding in found)
    return found


def _run(seed: int, number: int, backend: str) -> Iterator[Finding]:
    spec = draw_spec(seed, number)
    for dtype in DTYPES:
        yield from trial(number, spec, netspec.backend(backend), dtype)


def _read(log: Path) -> list[Finding]:
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").splitlines()
    return [Finding(*json.loads(line)) for line in lines]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a script)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
