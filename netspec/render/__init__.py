"""Source: a program printed as the file that an expert would have written."""

from netspec.render.source import Dialect, render

__all__ = ["Dialect", "render"]
