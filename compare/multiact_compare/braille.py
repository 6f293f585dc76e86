"""A small curve in the terminal: braille letters, each two dots wide and four high."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from multiact_compare.dtypes import Doubles

ACROSS, DOWN = 2, 4
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_AXES = {(False, False): " ", (True, False): "─", (False, True): "│", (True, True): "┼"}


def columns(low: float, high: float, width: int) -> Doubles:
    """The abscissae of the columns of dots."""
    return np.linspace(low, high, width * ACROSS)


def curve(xs: Doubles, ys: Doubles, height: int, breaks: Collection[float] = ()) -> list[str]:
    """Lines of text that draw ys over the abscissae of :func:`columns`, and both axes.

    The first line has labels for the largest ordinate, the last but one for the smallest, the
    last for both ends of the abscissa. Nothing is drawn across a break.
    """
    low, high = _bounds(ys)
    rows = height * DOWN - 1
    places = np.rint((high - ys) / (high - low) * rows).astype(int)
    cells = np.zeros((height, xs.size // ACROSS), np.int64)
    for i, place in enumerate(places.tolist()):
        start = place
        if i and not any(xs[i - 1] <= x <= xs[i] for x in breaks):
            # Up to the middle between both: steep pieces stay connected.
            before = int(places[i - 1])
            start = place if abs(before - place) <= 1 else before + (1 if place > before else -1)
        for row in range(min(start, place), max(start, place) + 1):
            cells[row // DOWN, i // ACROSS] |= _DOTS[i % ACROSS][row % DOWN]
    zero_row = round(high / (high - low) * rows) // DOWN
    zero_column = int(np.argmin(abs(xs))) // ACROSS
    labels = {0: _label(high), height - 1: _label(low)}
    margin = max(map(len, labels.values()))
    lines = []
    for row, cell_row in enumerate(cells.tolist()):
        letters = [
            chr(0x2800 + dots) if dots else _AXES[row == zero_row, column == zero_column]
            for column, dots in enumerate(cell_row)
        ]
        lines.append(f"{labels.get(row, ''):>{margin}} {''.join(letters)}".rstrip())
    left, right = _label(float(xs[0])), _label(float(xs[-1]))
    gap = " " * (cells.shape[1] - len(left) - len(right))
    return [*lines, f"{'':{margin}} {left}{gap}{right}"]


def _bounds(ys: Doubles) -> tuple[float, float]:
    # With the abscissa in sight, a derivative near 0 looks like one.
    low, high = min(0.0, float(ys.min())), max(0.0, float(ys.max()))
    return (low - 1, high + 1) if low == high else (low, high)


def _label(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
