"""The hostile table from the command line.

python -m tests.hostile          print it
python -m tests.hostile --write  write TABLE.md
"""

from __future__ import annotations

import sys

from tests.hostile.table import FILE, document

if __name__ == "__main__":
    if "--write" in sys.argv:
        FILE.write_text(document(), encoding="utf-8")
    else:
        sys.stdout.write(document())
