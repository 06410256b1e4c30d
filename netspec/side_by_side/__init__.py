"""The same model in several frameworks, layer by layer: how their APIs differ."""

from netspec.side_by_side.columns import Columns, Row, line_up
from netspec.side_by_side.page import render_page
from netspec.side_by_side.terminal import render_table

__all__ = ["Columns", "Row", "line_up", "render_page", "render_table"]
