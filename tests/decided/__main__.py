"""The verdicts on whole nets: every check, on every backend, in both dtypes.

python -m tests.decided            all nets; 1 if one of them does not pass
python -m tests.decided NAME ...   those with these names
python -m tests.decided --write    write VERDICTS.md
"""

from __future__ import annotations

import sys

from rich.console import Console

from tests.decided import table
from tests.decided.nets import nets
from tests.decided.run import Decision, decide


def main(arguments: list[str]) -> int:
    """Decide the nets one after the other; 1 if one of them does not pass."""
    names = {argument for argument in arguments if argument != "--write"}
    console = Console(highlight=False, soft_wrap=True)
    decisions: list[Decision] = []
    for net in nets():
        if not names or net.spec.name in names:
            decisions.append(decide(net))
            console.print(table.line(decisions[-1]), markup=False)
    if "--write" in arguments and not names:
        table.FILE.write_text(table.document(decisions), encoding="utf-8")
    return int(any(not decision.passed for decision in decisions))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
