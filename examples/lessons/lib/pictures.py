"""Pictures for lessons: few lines, told apart in gray, each named at its end."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from curves import spread
from lessons.lib import PLOTS
from netspec._system import write_atomically
from netspec.contract import Array

WIDTH, HEIGHT, DPI = 800, 460, 100
STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#08306b", "linestyle": "-", "linewidth": 2},
    {"color": "#d94801", "linestyle": (0, (5, 2)), "linewidth": 2},
    {"color": "#7fb8dc", "linestyle": "-", "linewidth": 3.6},
    {"color": "#444444", "linestyle": (0, (1, 1.4)), "linewidth": 2},
    {"color": "#238b45", "linestyle": (0, (6, 2, 1, 2)), "linewidth": 2},
    {"color": "#b5179e", "linestyle": "-", "linewidth": 1.2},
)

Curve = tuple[Any, Any]
"""What is across, and what is up."""


def draw(
    lesson: str,
    title: str,
    curves: Mapping[str, Curve],
    across: str,
    up: str,
    **axes: Any,
) -> None:
    """Draw curves to ``plots/<lesson>.png``, whole or not at all.

    Args:
        lesson: name of the script.
        title: what is to be seen.
        curves: by the name that stands at the end of each.
        across: what the horizontal axis shows.
        up: what the vertical axis shows.
        axes: further properties of the axes, such as ``yscale="log"``.
    """
    with mpl.rc_context({"axes.titlelocation": "left"}):
        figure = Figure((WIDTH / DPI, HEIGHT / DPI), DPI, layout="constrained")
        panel = figure.subplots()
        for style, (x, y) in zip(STYLES, curves.values(), strict=False):
            panel.plot(x, y, **style)
        panel.set(title=title, xlabel=across, ylabel=up, **axes)
        panel.grid(alpha=0.3)
        panel.spines[["top", "right"]].set_visible(False)
        name_ends(panel, curves)
        content = BytesIO()
        figure.savefig(content, format="png")
    PLOTS.mkdir(exist_ok=True)
    write_atomically(PLOTS / f"{lesson}.png", content.getvalue())


def name_ends(axes: Axes, curves: Mapping[str, Curve]) -> None:
    """Write the name of each curve beside its last finite value."""
    axes.get_xlim(), axes.get_ylim()  # settles the scales
    to_fraction = axes.transData + axes.transAxes.inverted()
    ends = [to_fraction.transform((x[-1], last(y)))[1] for x, y in curves.values()]
    places = spread([float(np.clip(end, 0.0, 1.0)) for end in ends])
    for place, name, style in zip(places, curves, STYLES, strict=False):
        where: dict[str, Any] = {"transform": axes.transAxes, "va": "center"}
        axes.text(1.02, place, name, color=style["color"], **where)


def last(values: Array) -> float:
    """Return the last finite value; 1 where there is none."""
    array = np.asarray(values, np.float64)
    finite = array[np.isfinite(array)]
    return float(finite[-1]) if finite.size else 1.0
