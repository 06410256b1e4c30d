"""Conformance: comparing backends with the float64 reference.

    print(netspec.conform(spec).passed)

runs every check on every installed backend. A single comparison:

    case = draw_case(spec, train=True, dtype="float32", seed=0)
    print(agree(netspec.backend("torch"), case))
"""

from ._plan import plan as plan
from ._reproduce import script as script
from ._run import conform as conform
from ._subject import Subject as Subject
from ._subject import UnsupportedError as UnsupportedError
from ._units import run as run
from .cases._catalog import single_layers as single_layers
from .cases._draw import draw_case as draw_case
from .cases._draw import draw_single as draw_single
from .checks import CHECKS as CHECKS
from .judging._agreement import Agreement as Agreement
from .judging._agreement import agree as agree
from .judging._case import Case as Case
from .judging._forecast import Forecast as Forecast
from .judging._forecast import forecast as forecast
from .judging._tolerance import Expected as Expected
from .judging._tolerance import judge as judge
from .judging._verdict import STATUSES as STATUSES
from .judging._verdict import Verdict as Verdict
from .report._records import Localization as Localization
from .report._records import Row as Row
from .report._report import Report as Report
