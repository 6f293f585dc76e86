"""The curves of a training experiment as one picture for a file."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

from multiact_compare import plots
from multiact_compare.training import document
from multiact_compare.training.panels import Panel, panels
from multiact_compare.training.results import Experiment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLAIN = 1e-4
"""What is larger is written without powers of ten."""

THIN = 1.5
FEW = 5
"""So many curves may lie on each other; of more, each has the same width."""

FADED = 0.14
"""The opacity of a band between the smallest and the largest."""


def draw(experiment: Experiment, theme: plots.Theme = plots.LIGHT) -> Figure:
    """A panel for each quantity, epochs from left to right, the spread of the runs as a band.

    Curves that lie on each other stay visible: the first is drawn the broadest.

    Raises
    ------
    ValueError
        No run has an epoch.
    """
    drawn = panels(experiment)
    if not drawn:
        raise ValueError("there is nothing to draw: no run came to the end of an epoch")
    across = min(3 if len(drawn) in (3, 5, 6, 9) else 4, len(drawn))
    down = math.ceil(len(drawn) / across)
    names = [curve.name for curve in drawn[0].curves]
    figure = plots.blank(3.3 * across, 2.7 * down + 0.8, theme)
    cells = plots.grid(figure, down, across)
    for axes, panel in zip(cells, drawn, strict=False):
        _fill(axes, panel, names, theme)
    for axes in cells[len(drawn) :]:
        axes.set_axis_off()
    for axes in cells[max(0, len(drawn) - across) : len(drawn)]:
        axes.set_xlabel("epoch", color=theme.ink)
    figure.suptitle(document.heading(experiment), color=theme.ink, fontsize=12)
    plots.key(figure, names, theme)
    return figure


def _fill(axes: Axes, panel: Panel, names: list[str], theme: plots.Theme) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    longest = max(len(curve.mean) for curve in panel.curves)
    for curve in panel.curves:
        index = names.index(curve.name) if curve.name in names else len(names)
        # How far frameworks are apart belongs to none of them: no line of the key.
        colour, dash = plots.style(index, theme) if index < len(names) else (theme.ink, "-")
        epochs = range(1, len(curve.mean) + 1)
        if curve.low != curve.high:
            axes.fill_between(epochs, curve.low, curve.high, color=colour, alpha=FADED, linewidth=0)
        width = THIN + (max(0, len(names) - 1 - index) if len(names) <= FEW else 0)
        axes.plot(
            epochs, curve.mean, color=colour, linestyle=dash, linewidth=width,
            marker="o" if longest == 1 else None, label=curve.name,
        )  # fmt: skip
    if panel.log:
        axes.set_yscale("log")
        if min(filter(math.isfinite, chain(*(curve.low for curve in panel.curves)))) > PLAIN:
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(1 - 0.02 * longest, longest + 0.02 * longest)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(panel.title, fontsize=10, color=theme.ink)
    axes.grid(color=theme.ink, alpha=0.12, linewidth=0.6)
    axes.tick_params(which="both", color=theme.ink, labelcolor=theme.ink, length=3, labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.ink)
