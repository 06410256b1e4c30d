"""Draw the curves of a probe as a picture, PNG or SVG.

Curves are told apart without color, too: by line style, and by how dark they print.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from netspec._system import file_name, write_atomically
from netspec.errors import NetspecError, said
from netspec.signals._curves import CURVES, Curve, limits, points
from netspec.signals._diagnosis import BAND
from netspec.signals._results import Propagation, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DPI = 800, 900, 100
NOTE = 44  # letters that fit beside the longest title
FORMATS = (".png", ".svg")
COLORS = ("#08306b", "#d94801", "#5ba3d0", "#238b45", "#b5179e", "#555555")
STYLES = ("-", (0, (6, 2)), "-", (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1)))
WIDTHS = (1.8, 1.8, 3.6, 2.2, 1.8, 1.2)


def check_plot(path: str | os.PathLike[str]) -> None:
    """Refuse plots that cannot be drawn.

    Raises:
        NetspecError: the format is neither PNG nor SVG, or matplotlib is not installed.
    """
    name = file_name(path, done="written")
    if Path(name).suffix.lower() not in FORMATS:
        raise NetspecError(f"{name}: a plot is a .png or an .svg file; name one")
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise NetspecError(
            f"a plot needs matplotlib: {said(error)}; run: pip install matplotlib"
        ) from None


def write_plot(report: Results, path: str | os.PathLike[str]) -> None:
    """Draw activations and gradients by depth into a file, whole or not at all.

    Args:
        report: results of a probe.
        path: ends in .png or .svg.

    Raises:
        NetspecError: the format is neither PNG nor SVG, matplotlib is not installed, or
            the file cannot be written.
    """
    check_plot(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text stays text in an SVG, and equal reports give equal files
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": "netspec"}
    suffix = Path(path).suffix.lower()[1:]
    metadata = {"Date": None} if suffix == "svg" else None
    with mpl.rc_context({"axes.titlelocation": "left", **settings}):
        figure = Figure((WIDTH / DPI, HEIGHT / DPI), DPI, layout="constrained")
        panels = figure.subplots(len(CURVES), sharex=True)
        found = list(report.propagations.values())
        for axes, curve in zip(panels, CURVES, strict=True):
            _draw(axes, curve, found)
        panels[-1].set_xlabel("layers, in the order in which they are computed")
        figure.suptitle(
            f"{report.spec}: {report.backend} {report.dtype}, batch {report.batch}"
        )
        lines, labels = panels[0].get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside lower center", ncols=2)
        content = BytesIO()
        figure.savefig(content, format=suffix, metadata=metadata)
    write_atomically(path, content.getvalue())


def _draw(axes: Axes, curve: Curve, found: Sequence[Propagation]) -> None:
    if curve.banded:
        axes.axhspan(*BAND, color="0.9", zorder=0)
        inside = axes.get_yaxis_transform()
        axes.text(0.01, BAND[1], "healthy", va="top", color="0.35", transform=inside)
    for index, propagation in enumerate(found):
        _draw_one(axes, curve, propagation, index)
    missing = shorten(", ".join(_missing(curve, found)), NOTE, placeholder=" ...")
    axes.set_title(missing, loc="right", fontsize="medium", color="0.35")
    low, high = limits(curve, found)
    axes.set_yscale("log")
    axes.set_ylim(low / 3, high * 3)
    axes.set_title(curve.title)
    axes.margins(x=0.02)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_one(axes: Axes, curve: Curve, found: Propagation, index: int) -> None:
    """Draw a curve as far as it has a logarithm, and a cross where it stops."""
    positions, values = points(curve, found.rows)
    style: dict[str, Any] = {
        "color": COLORS[index % len(COLORS)],
        "linestyle": STYLES[index % len(STYLES)],
        "linewidth": WIDTHS[index % len(WIDTHS)],
    }
    logged = [value if 0 < value < math.inf else math.nan for value in values]
    axes.plot(positions, logged, **style, label=f"{found.init}: {found.verdict.word}")
    cross: dict[str, Any] = {"markersize": 9, "markeredgewidth": 2, "clip_on": False}
    for end, beyond in _ends(logged):
        end_at = positions[end], logged[end]
        axes.plot(*end_at, "x", color=style["color"], **cross)
        side = 1 if beyond > end else -1
        offset: dict[str, Any] = {"textcoords": "offset points", "va": "center"}
        offset |= {"xytext": (9 * side, 0), "ha": "left" if side > 0 else "right"}
        axes.annotate(_said(values[beyond]), end_at, **offset, color=style["color"])


def _ends(values: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield the position where a curve begins or ends inside, and the one beyond
    that is not drawn.
    """
    drawn = [not math.isnan(value) for value in values]
    for left, (here, after) in enumerate(pairwise(drawn)):
        if here and not after:
            yield left, left + 1
        if after and not here:
            yield left + 1, left


def _missing(curve: Curve, found: Sequence[Propagation]) -> Iterator[str]:
    """Yield a note on each curve that has no logarithm anywhere."""
    for propagation in found:
        _, values = points(curve, propagation.rows)
        if values and not any(0 < value < math.inf for value in values):
            yield f"{propagation.init} is {_said(values[0])}"


def _said(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{value:.0f}"
