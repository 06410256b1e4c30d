"""The curves of a probe as a picture, PNG or SVG.

Curves are told apart without color, too: by line style, and by how dark they print.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netspec.errors import NetspecError
from netspec.files import write_atomically
from netspec.probe.curves import CURVES, Curve, limits, points
from netspec.probe.report import ProbeReport, Propagation
from netspec.probe.verdict import BAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DPI = 800, 900, 100
FORMATS = (".png", ".svg")
COLORS = ("#08306b", "#d94801", "#5ba3d0", "#238b45", "#b5179e", "#555555")
STYLES = ("-", (0, (6, 2)), "-", (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1)))
WIDTHS = (1.8, 1.8, 3.6, 2.2, 1.8, 1.2)


def check_plot(path: str | os.PathLike[str]) -> None:
    """Refuse what cannot be drawn.

    Raises:
        NetspecError: another format, or matplotlib is not installed.
    """
    if Path(path).suffix.lower() not in FORMATS:
        raise NetspecError(f"{path}: a plot is a .png or an .svg file; name one")
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise NetspecError(
            f"a plot needs matplotlib: {error}; run: pip install matplotlib"
        ) from None


def write_plot(report: ProbeReport, path: str | os.PathLike[str]) -> None:
    """Draw activations and gradients by depth into a file, whole or not at all.

    Args:
        report: of a probe.
        path: ends in .png or .svg.

    Raises:
        NetspecError: as `check_plot`, or the file cannot be written.
    """
    check_plot(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text of an SVG is text, and the same report is the same file
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
    low, high = limits(curve, found)
    axes.set_yscale("log")
    axes.set_ylim(low / 3, high * 3)
    axes.set_title(curve.title)
    axes.margins(x=0.02)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_one(axes: Axes, curve: Curve, found: Propagation, index: int) -> None:
    """A curve as far as it has a logarithm; a cross where it is 0, inf or NaN next."""
    places, values = points(curve, found.rows)
    style: dict[str, Any] = {
        "color": COLORS[index % len(COLORS)],
        "linestyle": STYLES[index % len(STYLES)],
        "linewidth": WIDTHS[index % len(WIDTHS)],
    }
    logged = [v if 0 < v < math.inf else math.nan for v in values]
    axes.plot(places, logged, **style, label=f"{found.init}: {found.verdict.word}")
    for place in _ends(logged):
        x, y = places[place], logged[place]
        cross: dict[str, Any] = {"markersize": 9, "markeredgewidth": 2}
        axes.plot(x, y, "x", color=style["color"], **cross, clip_on=False)


def _ends(values: Sequence[float]) -> list[int]:
    """Where a curve breaks off, or begins, beside what has no logarithm."""
    there = [not math.isnan(value) for value in values]
    beside = zip([there[0], *there], there, [*there[1:], there[-1]], strict=False)
    return [i for i, (a, here, b) in enumerate(beside) if here and not (a and b)]
