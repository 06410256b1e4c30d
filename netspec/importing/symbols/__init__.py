"""Read models that MXNet exported, `-symbol.json` and `.params`, with NumPy alone."""

from netspec.importing.symbols import layers as layers

from ._list import read_list as read_list
from ._reading import reading as reading
from ._symbol import read_symbol as read_symbol
