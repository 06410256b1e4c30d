"""Make the site: every difference a page that one can teach with, and what each layer
is called in each framework.

Pages need no network and no file beside them, and are whole without a script. What
frameworks gave stands in recordings; none is imported, but to record.
"""

from ._ask import ask as ask
from ._ask import record_natives as record_natives
from ._build import build as build
from ._build import pages as pages
from ._code import pieces as pieces
from ._drawing import Drawing as Drawing
from ._drawing import drawn as drawn
from ._lessons import texts as texts
from ._native import Native as Native
from ._native import Recorded as Recorded
from ._native import natives as natives
from ._page import Page as Page
from ._plans import plans as plans
from ._rosetta import mentioned as mentioned
from ._samples import samples as samples
