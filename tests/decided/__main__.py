"""The verdicts on whole nets: every check, on every backend, in both dtypes.

python -m tests.decided            what is not in VERDICTS.md yet, into which it goes
python -m tests.decided --anew     all nets
python -m tests.decided NAME ...   those with these names, and not into the table
"""

from __future__ import annotations

import sys

from rich.console import Console

from tests.decided import table
from tests.decided.nets import nets
from tests.decided.run import Decision, decide


def main(arguments: list[str]) -> int:
    """Decide the nets one after the other; 1 if one of them does not pass."""
    names = {argument for argument in arguments if argument != "--anew"}
    lines = {} if "--anew" in arguments else table.read()
    decisions: list[Decision] = []
    for net in nets():
        if net.spec.name in names or not (names or table.key(net) in lines):
            decisions.append(decide(net))
            lines[table.key(net)] = table.line(decisions[-1])
            Console(soft_wrap=True).print(lines[table.key(net)], markup=False)
            if not names:
                table.write(lines)  # a long run goes on where it was interrupted
    return int(any(not decision.passed for decision in decisions))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
