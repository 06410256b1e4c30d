"""``netspec import``: a model that somebody trained becomes one file, with a report.

What is named decides who reads it (`_sources.py`): files by their content, code by the
class of what it builds (`_code.py`).
"""

from ._code import build as build
from ._code import is_code as is_code
from ._command import import_model as import_model
from ._shape import parse_shape as parse_shape
