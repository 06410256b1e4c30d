"""Shapes of a batch's examples: odd sizes, heights unlike widths."""

VOLUME, PLANE, LINE, ROW = (4, 2, 5, 3), (4, 7, 6), (4, 9), (6,)
