"""Draw valid layers and specs of small size: strategies for Hypothesis.

`specs()` draws whole models, `layers(shape)` one layer that reads inputs of a shape,
and `layer_of(kind, shape)` one of a kind. All follow from what each layer declares: the
rules of its fields say what they hold, `output_shape` which shapes it reads, and its
cases in the catalog where to begin. A new layer needs no line here.
"""

from ._initial import FLAGS as FLAGS
from ._initial import initializers as initializers
from ._initial import policies as policies
from ._specs import chains as chains
from ._specs import layer_of as layer_of
from ._specs import layers as layers
from ._specs import shapes as shapes
from ._specs import specs as specs
from ._specs import specs_with as specs_with
from ._starts import CATALOG as CATALOG
from ._starts import KINDS as KINDS
from ._starts import OWN as OWN
from ._starts import SHAPES as SHAPES
from ._starts import Kinds as Kinds
from ._starts import made as made
from ._starts import own_fields as own_fields
from ._starts import readers as readers
from ._starts import sort_kinds as sort_kinds
from ._starts import starts as starts
from ._values import Place as Place
from ._values import Values as Values
from ._values import values as values
