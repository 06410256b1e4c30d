"""Compare backends with the float64 reference.

Every check on every installed backend:

    print(netspec.conform(spec).passed)

One step of one backend:

    case = draw_case(spec, train=True, dtype="float32", seed=0)
    print(agree(netspec.backend("torch"), case))
"""

from ._arguments import find_all as find_all
from ._arguments import list_dtypes as list_dtypes
from ._fits import STEP as STEP
from ._fits import check_comparison as check_comparison
from ._plan import Unit as Unit
from ._plan import plan as plan
from ._reproduce import script as script
from ._run import conform as conform
from ._subject import RefusedError as RefusedError
from ._subject import Subject as Subject
from ._subject import UnsupportedError as UnsupportedError
from ._subject import batch_of as batch_of
from ._units import run as run
from .cases import draw_case as draw_case
from .cases import draw_single as draw_single
from .cases import single_layers as single_layers
from .checks import CHECKS as CHECKS
from .judging import STATUSES as STATUSES
from .judging import Agreement as Agreement
from .judging import Case as Case
from .judging import Expected as Expected
from .judging import Forecast as Forecast
from .judging import Verdict as Verdict
from .judging import agree as agree
from .judging import forecast as forecast
from .judging import judge as judge
from .report import Localization as Localization
from .report import Report as Report
from .report import Row as Row
