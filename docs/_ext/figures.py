"""The graph of a function as an SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import re

import matplotlib
from matplotlib.figure import Figure
from multiact_compare import plots
from multiact_compare.catalogue import number
from multiact_compare.curves import Panel, panels

from multiact import Record

# matplotlib wants real colours; each stands for one of the page's.
_PAGE_COLOURS = {
    "#010101": "currentColor",
    "#020202": "var(--multiact-curve)",
    "#030303": "var(--multiact-second)",
    "#040404": "var(--multiact-third)",
    "#050505": "var(--color-background-primary)",
}
_INK, *_CURVES, _PAGE = _PAGE_COLOURS
_THEME = plots.Theme(_PAGE, _INK, tuple(_CURVES))


def figures(record: Record) -> str:
    """HTML with the graphs of value and derivative, or of the entries of a row."""
    drawn = panels(record, record.cases[0])
    shown = drawn[:2] if record.kind == "elementwise" else drawn[:1]
    drawings = "".join(_svg(f"{record.name}{order}", panel) for order, panel in enumerate(shown))
    return f'<div class="graphs">\n{drawings}</div>'


def _svg(key: str, panel: Panel) -> str:
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": key, "font.size": 9}):
        # A fixed frame: to have it computed takes most of the time of a build.
        figure = Figure(figsize=(3.6, 2.5))
        axes = figure.add_axes((0.13, 0.1, 0.85, 0.78), facecolor="none")
        plots.draw(axes, panel, _THEME)
        if len(panel.lines) > 1:
            plots.legend(axes, _THEME)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    xs = panel.lines[0].xs
    label = f"Graph of {panel.title} for x from {number(xs[0])} to {number(xs[-1])}"
    return _for_the_page(out.getvalue(), label)


def _for_the_page(svg: str, label: str) -> str:
    text = svg[svg.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'<svg .*?viewBox="(.*?)".*?>', rf'<svg role="img" aria-label="{label}" '
                  r'viewBox="\1" xmlns:xlink="http://www.w3.org/1999/xlink">', text,
                  count=1, flags=re.S)  # fmt: skip
    text = re.sub(r"(font: [\d.]+px) [^;\"]*", r"\1 var(--font-stack)", text)
    for colour, of_the_page in _PAGE_COLOURS.items():
        text = text.replace(colour, of_the_page)
    return re.sub(r"\n\s*\n", "\n", text)
