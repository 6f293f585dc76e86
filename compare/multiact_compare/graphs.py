"""The graphs of a function: its value and derivative, or the entries of a row of which one runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from multiact import Record
from multiact_compare.catalogue import curves, span
from multiact_compare.dtypes import Doubles


class Graph(NamedTuple):
    """Lines over xs. ``dots`` are the points at jumps, where the lines have gaps."""

    title: str
    xs: Doubles
    lines: list[Doubles]
    dots: tuple[Doubles, Doubles] | None = None


class _Row(NamedTuple):
    """A row of which one entry runs."""

    words: str
    at: Callable[[float], list[float]]


_ROW = _Row("[x, 0, 1]", lambda x: [x, 0.0, 1.0])
_ROWS: Mapping[str, _Row] = {
    "gated": _Row("[1, x]", lambda x: [1.0, x]),
    "grouped": _Row("[x, 0]", lambda x: [x, 0.0]),
}


def graphs(record: Record, points: int) -> list[Graph]:
    """What there is to draw of a function, with the parameters of its first case."""
    return _elementwise(record, points) if record.kind == "elementwise" else [_row(record, points)]


def _elementwise(record: Record, points: int) -> list[Graph]:
    low, high = span(record)
    # A point on either side of a kink; and none in between for a curve that jumps there.
    around = [x + side for x in record.kinks for side in (-1e-9, 0.0, 1e-9)]
    xs = np.union1d(np.linspace(low, high, points), around)
    value, slope = curves(record, xs)
    at_kinks = np.isin(xs, record.kinks)
    found = []
    for ys, mark, jumps in (
        (value, "", record.smoothness == "discontinuous"),
        (slope, "′", record.smoothness in ("discontinuous", "C0")),
    ):
        line = np.where(at_kinks, np.nan, ys) if jumps else ys
        dots = (xs[at_kinks], ys[at_kinks]) if jumps else None
        found.append(Graph(f"{record.name}{mark}(x)", xs, [line], dots))
    return found


def _row(record: Record, points: int) -> Graph:
    row = _ROWS.get(record.family, _ROW)
    xs = np.linspace(-5, 5, points)
    rows = np.array([row.at(x) for x in xs.tolist()])
    ys = record.function(rows, **record.cases[0]).reshape(xs.size, -1)
    return Graph(f"{record.name}({row.words})", xs, list(ys.T))
