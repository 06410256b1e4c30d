"""Draw the numbers at which backends are compared, and list specs to compare."""

from ._catalog import single_layers as single_layers
from ._draw import BATCH as BATCH
from ._draw import draw_case as draw_case
from ._draw import draw_input as draw_input
from ._draw import draw_single as draw_single
from ._draw import positions as positions
from ._nets import whole_nets as whole_nets
