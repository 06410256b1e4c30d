"""State how first weights are drawn: distributions, initializers, and the policy that
chooses an initializer for each parameter.
"""

from ._base import INITIALIZER as INITIALIZER
from ._base import INITIALIZERS as INITIALIZERS
from ._base import Initializer as Initializer
from ._base import initializer as initializer
from ._drawn import DrawnParameter as DrawnParameter
from ._drawn import drawn_by as drawn_by
from ._fans import shape_tells as shape_tells
from ._gain import gain as gain
from ._initializers import TRUNCATED_STD as TRUNCATED_STD
from ._initializers import Constant as Constant
from ._initializers import KaimingNormal as KaimingNormal
from ._initializers import KaimingUniform as KaimingUniform
from ._initializers import LeCunNormal as LeCunNormal
from ._initializers import Normal as Normal
from ._initializers import Ones as Ones
from ._initializers import TruncatedNormal as TruncatedNormal
from ._initializers import Uniform as Uniform
from ._initializers import VarianceScaling as VarianceScaling
from ._initializers import XavierNormal as XavierNormal
from ._initializers import XavierUniform as XavierUniform
from ._initializers import Zeros as Zeros
from ._policy import OF_GATES as OF_GATES
from ._policy import POLICY as POLICY
from ._policy import PRESETS as PRESETS
from ._policy import ROLES as ROLES
from ._policy import InitPolicy as InitPolicy
from ._policy import InitRule as InitRule
from ._scaling import Scaling as Scaling
from ._scaling import scaling as scaling
from ._structured import Orthogonal as Orthogonal
from ._structured import PerGate as PerGate
