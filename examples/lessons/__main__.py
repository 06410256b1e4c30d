"""`make lessons`: run every lesson and write the guide, README.md, from what they find.

    python examples/lessons [NAME ...]

With names, such as chain for containers/chain.py, only these run and nothing is
written.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # examples/, if run as a script

from lessons.lib.guide import GUIDE, measured_on, render, sections_without
from lessons.lib.running import names, run


def main() -> int:
    """Run lessons; return the exit code."""
    every = {Path(name).stem: name for name in names()}
    named = [Path(argument).stem for argument in sys.argv[1:]]
    if unknown := [name for name in named if name not in every]:
        print(f"no {', '.join(unknown)}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    claims = {every[name]: run(every[name]) for name in named or every}
    if named:
        return 0
    if empty := sections_without(claims):
        print(f"no lesson for {', '.join(empty)}", file=sys.stderr)
        return 1
    GUIDE.write_text(render(claims, measured_on()), encoding="utf-8")
    print(f"{sum(map(len, claims.values()))} claims hold; the guide is {GUIDE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
