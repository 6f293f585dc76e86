"""Pictures of functions: one, a gallery, or several in one picture to choose between them.

No display is needed, the user's matplotlib settings play no part, and the same call writes the same
bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from multiact import Record
from multiact_compare import results
from multiact_compare.catalogue import parameters, span
from multiact_compare.curves import Line, Panel, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Ends: TypeAlias = tuple[float, float]

SUFFIXES = (".png", ".svg", ".pdf")
DPI = 160

DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.2, 1.4)), (0, (6, 2, 1.2, 2)), (0, (9, 3)))
"""Told apart without colours; lines that share a colour have different dashes."""

ACROSS = 6
"""Cells of a gallery beside each other."""

STEEPEST = 3.0
"""Derivatives beyond it would flatten the others in an overlay."""

REACHED = 1e-8
"""A curve that is so near to its asymptote at the edge of the picture lies upon it."""

LIMIT = 12
"""Functions that can be told apart in one picture."""


@dataclass(frozen=True)
class Theme:
    """Colours: of the page, of axes and text, and of the lines in turn.

    The lines' are those of Okabe and Ito, which are told apart by the colour-blind too.
    """

    page: str
    ink: str
    lines: tuple[str, ...]


LIGHT = Theme(
    "#ffffff",
    "#1f2430",
    ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#000000"),
)
DARK = Theme(
    "#14171f",
    "#e3e6ed",
    ("#56b4e9", "#e69f00", "#2fc39b", "#e29ac4", "#f0e442", "#ff7f50", "#ffffff"),
)


@dataclass(frozen=True)
class Options:
    """What is the same for all pictures of a call; ``params`` are those of each function."""

    reach: tuple[float, float] | None = None
    params: Mapping[str, Mapping[str, Any]] | None = None
    theme: Theme = LIGHT

    def of(self, record: Record) -> Mapping[str, Any]:
        """The parameters of a function: those of its first case, and those that were set."""
        return {**record.cases[0], **(self.params or {}).get(record.name, {})}

    def shown(self, record: Record) -> str:
        """The parameters that are not the function's defaults, as in a call."""
        return parameters(
            {
                key: value
                for key, value in self.of(record).items()
                if record.signature.parameters[key].default != value
            }
        )

    def title(self, record: Record, between: str = ", ") -> str:
        """The function's name, and its parameters if they are not the defaults."""
        return between.join(filter(None, (record.name, self.shown(record))))


def single(record: Record, options: Options) -> Figure:
    """Value and derivatives of one function beside each other."""
    drawn = panels(record, options.of(record), options.reach)
    figure = blank(3.5 * len(drawn), 3.2, options.theme)
    for axes, panel in zip(grid(figure, 1, len(drawn)), drawn, strict=True):
        draw(axes, panel, options.theme)
        if len(panel.lines) > 1:
            legend(axes, options.theme)
    if options.shown(record):
        figure.suptitle(options.shown(record), color=options.theme.ink, fontsize=11)
    return figure


def gallery(records: Sequence[Record], options: Options) -> Figure:
    """A small picture of each function: its value, and its derivatives in other dashes."""
    across = min(ACROSS, len(records))
    down = math.ceil(len(records) / across)
    figure = blank(2.5 * across, 2.1 * down + 0.5, options.theme)
    cells = grid(figure, down, across)
    for axes, record in zip(cells, records, strict=False):
        drawn = panels(record, options.of(record), options.reach)
        if record.kind == "elementwise":
            (value,), (slope,), (second,) = (panel.lines for panel in drawn)
            shown = Panel(options.title(record, "\n"), (value, slope, second))
        else:
            shown = Panel(drawn[0].title, drawn[0].lines)
        draw(axes, shown, options.theme, small=True)
        if record.kind == "rowwise" and len(shown.lines) > 1:
            legend(axes, options.theme, 6)
    for axes in cells[len(records) :]:
        axes.set_axis_off()
    if any(record.kind == "elementwise" for record in records):
        key(figure, ("f(x)", "f′(x)", "f″(x)"), options.theme)
    return figure


def overlay(records: Sequence[Record], options: Options) -> Figure:
    """Several elementwise functions in the same axes: values, and derivatives beside them.

    Raises
    ------
    ValueError
        A function works on rows, or there are more than can be told apart.
    """
    for record in records:
        if record.kind != "elementwise":
            raise ValueError(
                f"{record.name} works on whole rows and has no curve beside others; draw it alone"
            )
    if not 1 <= len(records) <= LIMIT:
        raise ValueError(f"an overlay of {len(records)} functions; 1 to {LIMIT} can be told apart")
    reach = options.reach or _common(records)
    drawn = [panels(record, options.of(record), reach) for record in records]
    names = [options.title(record) for record in records]
    figure = blank(10.5, 4.6 + 0.22 * math.ceil(len(records) / 4), options.theme)
    for order, (axes, title) in enumerate(zip(grid(figure, 1, 2), ("f(x)", "f′(x)"), strict=True)):
        lines = tuple(
            _named(of[order].lines[0], name) for of, name in zip(drawn, names, strict=True)
        )
        draw(axes, Panel(title, lines), options.theme)
        if order:
            axes.set_ylim(*heights(lines, STEEPEST))
    key(figure, names, options.theme)
    return figure


def draw(axes: Axes, panel: Panel, theme: Theme, small: bool = False) -> None:
    """Everything of a panel in its axes; ``small`` for a cell of a gallery."""
    scale = 0.75 if small else 1.0
    low, high = float(panel.lines[0].xs[0]), float(panel.lines[0].xs[-1])
    for axis in (axes.axhline, axes.axvline):
        axis(0, color=theme.ink, linewidth=0.6, alpha=0.35, zorder=0)
    for index, line in enumerate(panel.lines):
        colour, dash = style(index, theme)
        for ends, heights_there in () if small else _asymptotes(line, low, high):
            axes.plot(ends, heights_there, color=theme.ink, linewidth=0.7, alpha=0.45,
                      linestyle=(0, (2, 2)), zorder=1)  # fmt: skip
        axes.plot(line.xs, line.ys, color=colour, linestyle=dash, linewidth=1.9 * scale,
                  label=line.label, zorder=3)  # fmt: skip
        for dots, inside in ((line.rings, theme.page), (line.dots, colour)):
            if dots:
                axes.plot(
                    *zip(*dots, strict=True), "o", color=colour, markersize=4.5 * scale,
                    markerfacecolor=inside, markeredgewidth=1.2 * scale, zorder=4,
                )  # fmt: skip
    axes.set_title(panel.title, fontsize=9 if small else 11, color=theme.ink)
    axes.tick_params(color=theme.ink, labelcolor=theme.ink, length=3, labelsize=7 if small else 9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.ink)
    axes.set_xlim(low, high)
    axes.set_ylim(*heights(panel.lines))


def legend(axes: Axes, theme: Theme, size: int = 9) -> None:
    """The names of a panel's lines, where they cover least."""
    axes.legend(frameon=False, labelcolor=theme.ink, fontsize=size, handlelength=2.6)


def _asymptotes(line: Line, low: float, high: float) -> Iterator[tuple[Ends, Ends]]:
    """Where to draw straight lines that a curve approaches; not what it reaches, nor the axis."""
    for edge, side, asymptote in zip(
        (line.ys[0], line.ys[-1]), (low, high), line.asymptotes, strict=True
    ):
        inner = min(max(0.0, low), high)
        if asymptote in (None, (0.0, 0.0)) or inner == side:
            continue
        slope, intercept = asymptote
        ends = (inner, side)
        at_ends = (intercept + slope * inner, intercept + slope * side)
        if not math.isclose(edge, at_ends[1], rel_tol=REACHED, abs_tol=REACHED):
            yield ends, at_ends


def heights(lines: Sequence[Line], most: float = math.inf) -> tuple[float, float]:
    """The stretch of y to show: all, as far as it goes no farther than x does, or than ``most``."""
    reach = min(most, max(1.0, *(float(np.abs(line.xs).max()) for line in lines)))
    everything = np.concatenate([
        np.concatenate([line.ys, [y for _, y in (*line.dots, *line.rings)]]) for line in lines
    ])  # fmt: skip
    shown = np.clip(everything[np.isfinite(everything)], -reach, reach)
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 0.0)
    if high - low < 1e-9:
        low, high = low - 1.0, high + 1.0
    margin = 0.07 * (high - low)
    return low - margin, high + margin


def style(index: int, theme: Theme) -> tuple[str, Any]:
    """Colour and dash of the line with this number: no two have both."""
    rounds, colour = divmod(index, len(theme.lines))
    return theme.lines[colour], DASHES[(index + 2 * rounds) % len(DASHES)]


def write(figure: Figure, path: Path) -> None:
    """Write a picture by its suffix, in one step and always the same bytes.

    Raises
    ------
    ValueError
        The suffix is none of :data:`SUFFIXES`.
    OSError
        The file cannot be written; nothing has changed then.
    """
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise ValueError(
            f"{path.name} ends in {kind or 'nothing'}; allowed are {', '.join(SUFFIXES)}"
        )
    # What would say when, and by which version, it was written.
    without: dict[str, dict[str, Any]] = {
        ".png": {"Software": None},
        ".svg": {"Date": None, "Creator": None},
        ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    out = io.BytesIO()
    with _settings():
        figure.savefig(out, format=kind[1:], dpi=DPI, metadata=without[kind])
    results.write_bytes(out.getvalue(), path)


def blank(width: float, height: float, theme: Theme) -> Figure:
    """An empty page of so many inches."""
    from matplotlib.figure import Figure

    with _settings():
        return Figure(figsize=(width, height), facecolor=theme.page, layout="constrained")


def grid(figure: Figure, down: int, across: int) -> list[Axes]:
    """Axes in rows, from the upper left one on."""
    with _settings():
        cells = figure.subplots(down, across, squeeze=False)
    for axes in cells.flat:
        axes.set_facecolor(figure.get_facecolor())
    return list(cells.flat)


def _settings() -> Any:
    """matplotlib's own settings, whatever the user's are, and no random names in SVG."""
    import matplotlib

    kept = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if key.partition(".")[0] in
        ("axes", "figure", "font", "legend", "lines", "pdf", "savefig", "svg", "xtick", "ytick")
    }  # fmt: skip
    return matplotlib.rc_context({**kept, "svg.hashsalt": "multiact", "font.size": 9})


def key(figure: Figure, names: Sequence[str], theme: Theme) -> None:
    """A legend below everything, in the order of the lines."""
    from matplotlib.lines import Line2D

    handles = []
    for index, name in enumerate(names):
        colour, dash = style(index, theme)
        handles.append(Line2D([], [], color=colour, linestyle=dash, linewidth=1.9, label=name))
    figure.legend(
        handles=handles, loc="outside lower center", ncols=min(4, len(names)), frameon=False,
        labelcolor=theme.ink, fontsize=10, handlelength=3.2,
    )  # fmt: skip


def _named(line: Line, name: str) -> Line:
    return replace(line, label=name)


def _common(records: Iterable[Record]) -> tuple[float, float]:
    """A stretch of x in which all functions show what is theirs."""
    lows, highs = zip(*map(span, records), strict=True)
    return min(lows), max(highs)
