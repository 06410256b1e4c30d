"""Write the files that are generated from the registries.

python -m tests.generated            write them
python -m tests.generated --check    name those that are stale; 1 if there are any
"""

from __future__ import annotations

import sys

from tests.generated.files import COMMAND, FILES


def main(arguments: list[str]) -> int:
    """Write or check every generated file."""
    stale = [file for file in FILES if file.is_stale]
    if "--check" in arguments:
        for file in stale:
            sys.stderr.write(f"{file.name} is stale; run: {COMMAND}\n")
        return int(bool(stale))
    for file in stale:
        file.write()
        sys.stdout.write(f"wrote {file.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
