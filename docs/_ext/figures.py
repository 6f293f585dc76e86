"""The graph of a function as an SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import re

import matplotlib
from matplotlib.figure import Figure
from multiact_compare.catalogue import number
from multiact_compare.graphs import Graph, graphs

from multiact import Record

# matplotlib wants real colours; each stands for one of the page's.
_PAGE_COLOURS = {
    "#010101": "currentColor",
    "#020202": "var(--multiact-curve)",
    "#030303": "var(--multiact-second)",
    "#040404": "var(--multiact-third)",
}
_INK, *_CURVES = _PAGE_COLOURS
_POINTS = 801


def figures(record: Record) -> str:
    """HTML with the graphs of value and derivative, or of the entries of a row."""
    drawings = []
    for graph in graphs(record, _POINTS):
        drawings.append(_svg(graph))
        if len(graph.lines) > 1:
            drawings.append("<p>One curve for each entry of the result.</p>\n")
    return f'<div class="graphs">\n{"".join(drawings)}</div>'


def _svg(graph: Graph) -> str:
    title, xs, lines, dots = graph
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 9}):
        # A fixed frame: to have it computed takes most of the time of a build.
        figure = Figure(figsize=(3.6, 2.5))
        axes = figure.add_axes((0.13, 0.1, 0.85, 0.78), facecolor="none")
        for ys, colour in zip(lines, [*_CURVES, *[_INK] * len(lines)], strict=False):
            axes.plot(xs, ys, color=colour, linewidth=1.8)
        if dots:
            axes.plot(*dots, "o", color=_CURVES[0], markersize=3.5)
        for draw in (axes.axhline, axes.axvline):
            draw(0, color=_INK, linewidth=0.6, alpha=0.35, zorder=0)
        axes.set_title(title, fontsize=10, color=_INK)
        axes.tick_params(color=_INK, labelcolor=_INK, length=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(_INK)
        axes.margins(x=0)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    label = f"Graph of {title} for x from {number(xs[0])} to {number(xs[-1])}"
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
