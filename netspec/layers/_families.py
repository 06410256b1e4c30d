"""All layers; the ``__all__`` of each family is the only list that exports its own."""

from netspec.layers._activations import *
from netspec.layers._adaptive import *
from netspec.layers._attention import *
from netspec.layers._containers import *
from netspec.layers._conv import *
from netspec.layers._dense import *
from netspec.layers._global_pools import *
from netspec.layers._graph import *
from netspec.layers._hard_activations import *
from netspec.layers._local_normalization import *
from netspec.layers._normalization import *
from netspec.layers._parts import *
from netspec.layers._pooling import *
from netspec.layers._positions import *
from netspec.layers._recurrent import *
from netspec.layers._reductions import *
from netspec.layers._regularization import *
from netspec.layers._scale import *
from netspec.layers._shape import *
from netspec.layers._shuffles import *
from netspec.layers._transposed import *
from netspec.layers._upsample import *
