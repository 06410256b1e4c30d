"""Show what a run found: on the terminal, as JSON, as an HTML page."""

from ._document import decode_localization as decode_localization
from ._document import decode_row as decode_row
from ._document import encode_row as encode_row
from ._overview import groups as groups
from ._overview import number as number
from ._overview import tally as tally
from ._overview import word as word
from ._page import render_page as render_page
from ._records import BAD as BAD
from ._records import UNDECIDED as UNDECIDED
from ._records import Done as Done
from ._records import Localization as Localization
from ._records import Row as Row
from ._report import Report as Report
from ._results import environment as environment
from ._view import place as place
from ._view import view as view
