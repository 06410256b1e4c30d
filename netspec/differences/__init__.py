"""Known differences between frameworks: data, each with a witness that runs.

``witness(entry).holds`` is true for each of the `entries`, where all its frameworks are
installed.
"""

from ._entry import Difference as Difference
from ._frameworks import FRAMEWORKS as FRAMEWORKS
from ._frameworks import missing as missing
from ._frameworks import version as version
from ._registry import entries as entries
from ._registry import find as find
from ._registry import read as read
from ._witness import Witness as Witness
from ._witness import judge as judge
from ._witness import witness as witness
