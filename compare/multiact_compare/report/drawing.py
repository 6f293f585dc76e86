"""Small drawings as SVG: curves, and errors along x. Their colours are classes of the page."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from markupsafe import escape

from multiact_compare import profiles
from multiact_compare.dtypes import Doubles

WIDTH = 320
LEFT, RIGHT = 40, 7
STEP = (WIDTH - LEFT - RIGHT) // profiles.BINS
"""Whole units for each bin, so that paths are short."""

EXACT = -2
"""The power of ten at the bottom of a chart of errors: what is smaller counts as exact."""

ERROR_HEIGHT, ERROR_TOP = 120, 24
CURVE_HEIGHT, CURVE_TOP = 150, 8
SERIES = 16
"""How many styles of lines there are."""

BROAD = 5
"""How many widths of lines there are."""

LEGEND_LINE = 13
LETTER = 5.6
"""About the width of one in a legend."""


class Series(NamedTuple):
    """A line with its name and its style."""

    name: str
    style: int
    values: Sequence[float | None]


Place: TypeAlias = tuple[int, int]


def errors(series: Sequence[Series], allowed: float) -> str:
    """The worst error in ULP in each bin of x, on a logarithmic scale, a line for each series."""
    finite = [v for one in series for v in one.values if v and math.isfinite(v)]
    top = max(2, math.ceil(math.log10(max(finite, default=1.0)) + 0.25))
    scale = ERROR_HEIGHT / (top - EXACT)
    bottom = ERROR_TOP + ERROR_HEIGHT

    def height(value: float) -> int:
        power = math.log10(value) if value > 0 else EXACT
        return round(bottom - scale * (min(max(power, EXACT), top) - EXACT))

    parts = list(_legend(series))
    rules, marks, stride = "", "", -(-(top - EXACT) // 4)
    beside, below = [], []
    for power in range(EXACT, top + 1, stride):
        y = height(10.0**power)
        rules += f"M{LEFT} {y}H{WIDTH - RIGHT}"
        beside.append((y + 3, "0" if power == EXACT else _power(power)))
    for x in (-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4):
        at = round(LEFT + STEP * profiles.BINS * profiles.share(x))
        marks += f"M{at} {bottom}v3"
        below.append((at, _power(round(math.log10(abs(x))), x) if x else "0"))
    parts += [f'<path class="grid" d="{rules}"/>', f'<path class="axis" d="{marks}"/>']
    parts += [_beside(beside), _below(below, bottom + 13)]
    y = height(allowed)
    parts.append(f'<path class="bound" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>')
    for one in series:
        places = [
            None if value is None else (LEFT + STEP // 2 + STEP * index, height(value))
            for index, value in enumerate(one.values)
        ]
        parts.append(_path(f"line s{one.style % SERIES}", places))
    return _svg(bottom + 18, parts)


def curve(
    lines: Sequence[tuple[Doubles, Doubles]], dots: Iterable[tuple[float, float]] = ()
) -> str:
    """Lines of xs and ys, with gaps where ys is not finite, and dots at single points."""
    xs = np.concatenate([xs for xs, _ in lines])
    ys = np.concatenate([ys[np.isfinite(ys)] for _, ys in lines])
    low, high = (float(ys.min()), float(ys.max())) if ys.size else (0.0, 1.0)
    room = 0.06 * (high - low) or 1.0
    low, high = low - room, high + room
    left, right = float(xs.min()), float(xs.max())
    across, bottom = WIDTH - LEFT - RIGHT, CURVE_TOP + CURVE_HEIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + across * (x - left) / (right - left),
            bottom - CURVE_HEIGHT * (y - low) / (high - low),
        )

    rules = {"grid": "", "axis": ""}
    beside, below = [], []
    for tick in ticks(left, right):
        x, _ = place(tick, low)
        rules["grid" if tick else "axis"] += f"M{x:.4g} {CURVE_TOP}V{bottom}"
        below.append((x, _number(tick)))
    for tick in ticks(low, high):
        _, y = place(left, tick)
        rules["grid" if tick else "axis"] += f"M{LEFT} {y:.4g}H{WIDTH - RIGHT}"
        beside.append((y + 3, _number(tick)))
    parts = [f'<path class="{style}" d="{rule}"/>' for style, rule in rules.items() if rule]
    parts += [_beside(beside), _below(below, bottom + 13)]
    for style, line in enumerate(lines):
        places = [
            _tenths(*place(x, y)) if math.isfinite(y) else None
            for x, y in zip(*(part.tolist() for part in line), strict=True)
        ]
        parts.append(_path(f"line s{style % SERIES}", places, tenths=True))
    for x, y in dots:
        across_x, down_y = place(x, y)
        parts.append(f'<circle class="dot" cx="{across_x:.1f}" cy="{down_y:.1f}" r="2.6"/>')
    return _svg(bottom + 18, parts)


def trend(series: Sequence[Series], *, log: bool = False) -> str:
    """Values step by step from 1 on, a line for each series, below their names.

    ``log`` asks for a logarithmic ordinate, which takes positive values alone. Of a few lines the
    first are broader: those that lie on each other stay visible.
    """
    names, rows = _wrapped_legend(series)
    steps = max(len(one.values) for one in series)
    heights = [[_height(value, log) for value in one.values] for one in series]
    known = [height for line in heights for height in line if height is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if log:
        low, high = math.floor(low), max(math.ceil(high), math.floor(low) + 1)
    else:
        room = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
        low, high = low - room, high + room
    top = LEGEND_LINE * rows + CURVE_TOP
    bottom, across = top + CURVE_HEIGHT, WIDTH - LEFT - RIGHT

    def place(step: float, height: float) -> tuple[float, float]:
        share = (step - 1) / (steps - 1) if steps > 1 else 0.5
        return LEFT + across * share, bottom - CURVE_HEIGHT * (height - low) / (high - low)

    beside, below, rules = [], [], ""
    for tick in ticks(low, high):
        if not log or tick == round(tick):
            _, y = place(1, tick)
            rules += f"M{LEFT} {y:.4g}H{WIDTH - RIGHT}"
            beside.append((y + 3, _power(round(tick)) if log else _number(tick)))
    for step in dict.fromkeys((1.0, *ticks(1, steps))) if steps > 1 else (1.0,):
        if step == round(step):
            x, _ = place(step, low)
            below.append((x, f"{step:.0f}"))
    marks = "".join(f"M{x:.4g} {bottom}v3" for x, _ in below)
    parts = [*names, f'<path class="grid" d="{rules}"/>', f'<path class="axis" d="{marks}"/>']
    parts += [_beside(beside), _below(below, bottom + 13)]
    for above, (one, line) in zip(
        range(len(series) - 1, -1, -1), zip(series, heights, strict=True), strict=True
    ):
        places = [
            None if height is None else _tenths(*place(step, height))
            for step, height in enumerate(line, start=1)
        ]
        broad = f" w{above}" if len(series) <= BROAD else ""
        parts.append(_path(f"line s{one.style % SERIES}{broad}", places, tenths=True))
    return _svg(bottom + 18, parts)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers between the two: multiples of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next((m for m in (1, 2, 5) if raw <= m * power), 10)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{step * index:.12g}") for index in range(first, last + 1)]


def _legend(series: Sequence[Series]) -> Iterator[str]:
    x = 1
    for one in series:
        yield f'<path class="line s{one.style % SERIES}" d="M{x} 6h12"/>'
        yield f'<text x="{x + 15}" y="10">{escape(one.name)}</text>'
        x += 19 + 7 * len(one.name)


def _height(value: float | None, log: bool) -> float | None:
    """Where a value stands on the ordinate, if it does."""
    if value is None or not math.isfinite(value) or (log and value <= 0):
        return None
    return math.log10(value) if log else value


def _wrapped_legend(series: Sequence[Series]) -> tuple[list[str], int]:
    """The names with their lines in as many rows as they need, and how many these are."""
    parts, x, row = [], 1.0, 1
    for one in series:
        width = 19 + LETTER * len(one.name)
        if x > 1 and x + width > WIDTH:
            x, row = 1.0, row + 1
        y = LEGEND_LINE * row - 7
        parts.append(f'<path class="line s{one.style % SERIES}" d="M{x:.4g} {y}h12"/>')
        parts.append(f'<text x="{x + 15:.4g}" y="{y + 4}">{escape(one.name)}</text>')
        x += width + 6
    return parts, row


def _path(style: str, places: Sequence[Place | None], tenths: bool = False) -> str:
    """A line from place to place in relative steps; where one is alone it is a dot."""
    scale = 10 if tenths else 1
    path = ""
    for missing, run in itertools.groupby(places, lambda place: place is None):
        if not missing:
            connected = [place for place in run if place is not None]
            x, y = connected[0]
            path += f"M{_short(x, scale)} {_short(y, scale)}l"
            path += " ".join(_steps(connected, scale)) or "0 0"
    return f'<path class="{style}" d="{path}"/>'


def _steps(places: Sequence[Place], scale: int) -> list[str]:
    """From place to place, in one step as long as the direction stays."""
    found: list[Place] = []
    for (x, y), (to_x, to_y) in itertools.pairwise(places):
        across, down = to_x - x, to_y - y
        if found and found[-1][1] * across == down * found[-1][0]:
            found[-1] = (found[-1][0] + across, found[-1][1] + down)
        else:
            found.append((across, down))
    return [
        f"{_short(across, scale)}{'' if down < 0 else ' '}{_short(down, scale)}"
        for across, down in found
    ]


def _tenths(x: float, y: float) -> Place:
    return round(10 * x), round(10 * y)


def _short(value: int, scale: int) -> str:
    """A multiple of 1/scale in as few letters as SVG allows."""
    return re.sub(r"^(-?)0(?=\.)", r"\1", f"{value / scale:g}")


def _beside(labels: Iterable[tuple[float, str]]) -> str:
    """The labels of the ordinate."""
    spans = (f'<tspan x="{LEFT - 4}" y="{y:.4g}">{escape(text)}</tspan>' for y, text in labels)
    return f'<text class="e">{"".join(spans)}</text>'


def _below(labels: Iterable[tuple[float, str]], y: float) -> str:
    """The labels of the abscissa."""
    spans = (f'<tspan x="{x:.4g}">{escape(text)}</tspan>' for x, text in labels)
    return f'<text class="m" y="{y:.4g}">{"".join(spans)}</text>'


def _svg(height: float, parts: Iterable[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.4g}">{"".join(parts)}</svg>'


def _power(power: int, sign: float = 1.0) -> str:
    """A power of ten as people write it."""
    text = f"{10.0**power:g}"
    if abs(power) > 2:
        text = "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"−{text}" if sign < 0 else text


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
