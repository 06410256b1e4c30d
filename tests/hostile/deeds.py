"""All hostile backends; the workers of the command import this module.

`tests.hostile.deeds:backends.crashes` is one that crashes.
"""

from __future__ import annotations

import os
import sys

from tests.hostile.backend import SOUND, Deed, Hostile
from tests.hostile.ends import ENDS
from tests.hostile.handed import HANDED
from tests.hostile.mischief import MISCHIEF

DEEDS: dict[str, Deed] = ENDS | MISCHIEF | HANDED


class Backends:
    """All hostile backends, by name."""

    def __getattr__(self, name: str) -> Hostile:
        if name == "exits_on_import":
            os._exit(0)
        if name == "raises_on_import":
            sys.exit("no licence")
        if name == "lies_about_its_name":
            return Hostile(SOUND, DEEDS["is_wrong"])
        if name not in DEEDS:
            raise AttributeError(name)
        return Hostile(name, DEEDS[name])


backends = Backends()
