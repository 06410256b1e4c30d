"""Print a program as source that needs only its framework."""

from ._code import Code as Code
from ._code import uses_block as uses_block
from ._listing import Listing as Listing
from ._listing import list_layers as list_layers
from ._printer import WIDTH as WIDTH
from ._printer import Layout as Layout
from ._runs import Run as Run
from ._runs import runs as runs
from ._source import Dialect as Dialect
from ._source import Page as Page
from ._source import block_function as block_function
from ._source import block_functions as block_functions
from ._source import render as render
from ._source import signature as signature
from ._statements import access as access
from ._statements import draw_statements as draw_statements
from ._written import Wire as Wire
from ._written import Written as Written
from ._written import attribute as attribute
from ._written import wired as wired
