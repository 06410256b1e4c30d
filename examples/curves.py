"""The picture of a training: losses, and how far frameworks are from one another."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from data import Array
from lockstep import STEPS, Losses, distances
from netspec._system import write_atomically
from trainers import Training

WIDTH, HEIGHT, DPI = 800, 760, 100
TITLES = {"torch": "PyTorch", "gluon": "Gluon", "jax": "JAX"}
# Told apart without color too: by line style, and by how dark they print
STYLES: dict[str, dict[str, Any]] = {
    "torch": {"color": "#9ecae1", "linestyle": "-", "linewidth": 4},
    "gluon": {"color": "#d94801", "linestyle": (0, (5, 2)), "linewidth": 1.6},
    "jax": {"color": "#08306b", "linestyle": (0, (1, 1.5)), "linewidth": 1.6},
}
POINTS = 40  # a smoothed curve has about this many independent values
LINE = 0.065  # smallest distance of two labels, as a fraction of the axis

Label = tuple[float, str, str]  # height, text, backend


def write(
    path: Path,
    name: str,
    trainings: Mapping[str, Training],
    runs: Mapping[str, Losses],
) -> None:
    """Draw to a PNG file, whole or not at all.

    Args:
        path: of the file.
        name: what was trained, on what.
        trainings: by backend.
        runs: by dtype; see `lockstep.lockstep`.

    Raises:
        NetspecError: the file cannot be written.
    """
    with mpl.rc_context({"axes.titlelocation": "left"}):
        figure = Figure((WIDTH / DPI, HEIGHT / DPI), DPI, layout="constrained")
        top, bottom = figure.subplots(2, height_ratios=(4, 3))
        draw_losses(top, name, trainings)
        draw_distances(bottom, runs)
        content = BytesIO()
        figure.savefig(content, format="png")
    write_atomically(path, content.getvalue())


def draw_losses(axes: Axes, name: str, trainings: Mapping[str, Training]) -> None:
    """Training losses, smoothed, with the test accuracies beside them."""
    labels = []
    for backend, (_, losses, accuracy) in trainings.items():
        window = max(1, len(losses) // POINTS)
        smooth = running_mean(losses, window)
        axes.plot(np.arange(window, len(losses) + 1), smooth, **STYLES[backend])
        text = f"{TITLES[backend]}: {accuracy:.1%} right"
        labels.append((smooth[-1], text, backend))
    axes.set_title(f"{name}: each framework's own optimizer and dropout")
    axes.set_ylabel(f"training loss, mean of {window} steps")
    finish(axes, labels)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")


def draw_distances(axes: Axes, runs: Mapping[str, Losses]) -> None:
    """How far the losses are from those of the first backend, in each dtype."""
    steps, labels = np.arange(1, STEPS + 1), []
    for dtype, losses in runs.items():
        for backend, apart in distances(losses).items():
            seen = np.where(apart > 0, apart, np.nan)  # no logarithm of 0
            axes.plot(steps, seen, **STYLES[backend])
            labels.append((seen[-1], f"{TITLES[backend]}, {dtype}", backend))
    first = TITLES[next(iter(losses))]
    axes.set_title("The same without dropout, by plain SGD: only rounding differs")
    axes.set_ylabel(f"largest difference\nfrom {first}'s loss so far")
    finish(axes, labels)


def running_mean(values: Array, window: int) -> Array:
    """Means of `window` neighbors, (len(values) - window + 1,)."""
    return np.convolve(values, np.full(window, 1 / window), mode="valid")


def finish(axes: Axes, labels: list[Label]) -> None:
    """Make the axis logarithmic, and name each curve at its end."""
    axes.set_yscale("log")
    axes.set_xlabel("step")
    axes.margins(x=0)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    to_fraction = axes.transData + axes.transAxes.inverted()
    ends = [to_fraction.transform((1, height))[1] for height, _, _ in labels]
    inside: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
    for place, (_, text, backend) in zip(spread(ends), labels, strict=True):
        axes.plot((1.015, 1.065), (place, place), **STYLES[backend], **inside)
        axes.text(1.08, place, text, va="center", **inside)


def spread(places: list[float]) -> list[float]:
    """Move places apart until labels there do not overlap."""
    moved: dict[int, float] = {}
    last = -np.inf
    for index in np.argsort(np.nan_to_num(places)):
        last = moved[int(index)] = max(np.nan_to_num(places[index]), last + LINE)
    return [moved[index] for index in range(len(places))]
