"""Test random values against their laws: dropout masks and first weights."""

from ._binomial import binomial_limits as binomial_limits
from ._binomial import fraction as fraction
from ._binomial import independence as independence
from ._binomial import likeness as likeness
from ._binomial import slices as slices
from ._common import ALPHA as ALPHA
from ._common import disjoint_pairs as disjoint_pairs
from ._common import malformed as malformed
from ._common import worst as worst
from ._histogram import histogram as histogram
from ._initial import drawn_apart as drawn_apart
from ._initial import examine as examine
from ._initial import thinned as thinned
