"""Source: a program printed as the file that an expert would have written."""

from netspec.render.source import Dialect, Page, render, signature

__all__ = ["Dialect", "Page", "render", "signature"]
