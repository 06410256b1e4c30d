"""Line up the sources of several frameworks, layer by layer."""

from ._columns import Columns as Columns
from ._columns import line_up as line_up
from ._page import render_page as render_page
from ._show import show_columns as show_columns
from ._terminal import GAP as GAP
from ._terminal import WIDTH as WIDTH
from ._terminal import fit as fit
from ._terminal import render_table as render_table
from ._terminal import share as share
