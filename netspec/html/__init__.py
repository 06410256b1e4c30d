"""Make HTML pages that need nothing else: no network, no script, no file beside them.

All templates, styles and marks lie here; a page extends ``base.html``.
"""

from ._render import framed as framed
from ._render import render as render
