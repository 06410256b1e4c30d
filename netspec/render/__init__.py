"""Source: a program printed as the file that an expert would have written."""

from netspec.render.listing import Listing, list_layers
from netspec.render.source import Dialect, Page, render, signature

__all__ = ["Dialect", "Listing", "Page", "list_layers", "render", "signature"]
