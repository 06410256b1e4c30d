"""Judge the tensors that a backend returns against the float64 reference.

A forecast holds the expected tensors and how far rounding may move them; a verdict
compares a received tensor with it.
"""

from ._agreement import Agreement as Agreement
from ._agreement import agree as agree
from ._agreement import compare as compare
from ._agreement import given_by as given_by
from ._agreement import judge_all as judge_all
from ._agreement import lacks as lacks
from ._agreement import noted as noted
from ._agreement import numerics_of as numerics_of
from ._agreement import scalars_apart as scalars_apart
from ._agreement import sharpened as sharpened
from ._agreement import step_with as step_with
from ._case import Case as Case
from ._devices import OTHERS as OTHERS
from ._devices import Unseen as Unseen
from ._devices import rests_on as rests_on
from ._devices import undecide as undecide
from ._devices import unseen as unseen
from ._flips import Explained as Explained
from ._flips import Kinks as Kinks
from ._flips import blunted as blunted
from ._flips import doubt as doubt
from ._flips import explain as explain
from ._flips import is_close as is_close
from ._flips import scatter as scatter
from ._forecast import Forecast as Forecast
from ._forecast import activations as activations
from ._forecast import difference as difference
from ._forecast import forecast as forecast
from ._forecast import scalars_of as scalars_of
from ._forecast import step_of as step_of
from ._forecast import tensors as tensors
from ._forecast import widen as widen
from ._kinks import distances as distances
from ._kinks import levels as levels
from ._screen import passes as passes
from ._tolerance import BLUNT as BLUNT
from ._tolerance import REPLICAS as REPLICAS
from ._tolerance import UNIT_ROUNDOFF as UNIT_ROUNDOFF
from ._tolerance import Expected as Expected
from ._tolerance import is_malformed as is_malformed
from ._tolerance import judge as judge
from ._tolerance import norm as norm
from ._tolerance import weighed as weighed
from ._verdict import STATUSES as STATUSES
from ._verdict import Histogram as Histogram
from ._verdict import Verdict as Verdict
from ._verdict import decided as decided
from ._verdict import failed as failed
from ._verdict import measured as measured
from ._verdict import raised as raised
from ._verdict import refused as refused
from ._verdict import unsupported as unsupported
