"""The part of a parity report about one function."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from multiact_compare import curves, customs, plan
from multiact_compare.catalogue import signature
from multiact_compare.dtypes import Doubles
from multiact_compare.plain_formula import plain
from multiact_compare.plan import QUANTITIES, Quantity
from multiact_compare.report import drawing
from multiact_compare.report.document import Block, Entry, Figure, Level, Paragraph, Section, Table
from multiact_compare.report.parity.cells import FIRST, Index, defaults, how, problem
from multiact_compare.results import Cell, Disagreement, Peak, worst
from multiact_compare.summary import DIGITS, SHORT, SYMBOLS, number

GRAPH_STEP = 5


def anchor(function: str) -> str:
    """The address of a function's part."""
    return f"fn-{function}"


def section(index: Index, function: str) -> Section:
    """Everything about one function."""
    cells = index.of_function(function)
    blocks: list[Block] = [*_facts(function), *_graphs(function)]
    bad = [cell for cell in cells if not cell.ok]
    if bad:
        rows = [[cell.backend, SHORT[cell.dtype], problem([cell])] for cell in bad]
        blocks.append(Table("What breaks the contract", ("backend", "dtype", "how"), rows))
    if cells:
        blocks += _errors(index, function, cells)
        blocks += _worst_inputs(index, function, cells)
        blocks += _special_points(index, function, cells)
        blocks += _deviations(cells)
        blocks += _disagreements(index, function)
    else:
        blocks.append(Paragraph("Nothing was measured."))
    title = f"{function} ✗" if bad else function
    return Section(title, blocks, anchor(function), folded=True)


def disagreement_row(one: Disagreement, share: float) -> list[Entry | str]:
    """How far backends are apart: dtype, distance, who, where and the share of inputs."""
    distance = f"{one.distance:,}" if one.distance < 10**6 else f"{one.distance:.1e}"
    who = " / ".join(one.backends) if one.distance else "–"
    return [
        one.dtype,
        Entry(distance, sort=one.distance),
        who,
        one.where.removeprefix("x = ").replace("-", "−") if one.distance else "–",
        Entry(f"{share:.2%}", sort=share),
    ]


def _facts(function: str) -> Iterator[Block]:
    record = customs.records.get(function)
    if record is not None:
        yield Paragraph(f"{record.summary} `{signature(record)}`")
        if record.formula:
            yield Paragraph(f"`{plain(record.formula)}`")


def _graphs(function: str) -> Iterator[Figure]:
    """Value and derivative, with the parameters of the first case."""
    record = customs.records.get(function)
    for panel in curves.panels(record, record.cases[0])[:2] if record else ():
        lines = [_thinned(line) for line in panel.lines]
        dots = [dot for line in panel.lines if np.isnan(line.ys).any() for dot in line.dots]
        xs = panel.lines[0].xs
        ends = f"x from {number(float(xs[0]))} to {number(float(xs[-1]))}"
        svg = drawing.curve(lines, dots)
        yield Figure(svg, f"Graph of {panel.title} for {ends}", f"`{panel.title}`")


def _thinned(line: curves.Line) -> tuple[Doubles, Doubles]:
    """Every so many points of a curve, with those beside its gaps: a page needs no more."""
    gap = np.isnan(line.ys)
    kept = gap | np.roll(gap, 1) | np.roll(gap, -1)
    kept[::GRAPH_STEP] = True
    kept[-1] = True
    return line.xs[kept], line.ys[kept]


def _errors(index: Index, function: str, cells: list[Cell]) -> Iterator[Block]:
    """A chart for each quantity and dtype, in which every backend is a line."""
    first = defaults(function, cells)
    what = "The worst error in ULP along x. Up to the dashed line is what the contract allows"
    what += " of results that are not tiny; here all count." if index.tier.epsilons else "."
    yield Paragraph(f"{what} With `{first}`." if first else what)
    for quantity in FIRST:
        for dtype in index.report.dtypes:
            series = []
            for backend in index.backends:
                mine = [
                    cell.profile
                    for cell in index.at(function, backend, dtype)
                    if cell.profile and cell.case == first and cell.quantity == quantity
                ]
                if mine:
                    style = plan.BACKENDS.index(backend) if backend in plan.BACKENDS else 0
                    series.append(drawing.Series(backend, style, _upper(mine)))
            if series:
                svg = drawing.errors(series, index.allowed(dtype, quantity))
                peaks = ", ".join(
                    f"{one.name} {number(max(filter(None, one.values), default=0.0), 2)}"
                    for one in series
                )
                alt = f"Error of {function}, {quantity}, {dtype}; largest in ULP: {peaks}"
                yield Figure(svg, alt, f"{quantity}, {dtype}")


def _upper(profiles: list[list[float | None]]) -> list[float | None]:
    """The worst of several profiles, bin by bin: a backend's modes together."""
    return [
        max((one for one in column if one is not None), default=None)
        for column in zip(*profiles, strict=True)
    ]


def _worst_inputs(index: Index, function: str, cells: list[Cell]) -> Iterator[Block]:
    """For each backend: value and derivative in every dtype; what is tiny, and f″, in its worst."""
    rows = []
    for backend in index.backends:
        mine = [cell for cell in cells if cell.backend == backend]
        for quantity in FIRST:
            of_quantity = [cell for cell in mine if cell.quantity == quantity]
            sized = [
                worst((cell for cell in of_quantity if cell.dtype == dtype), "sized")
                for dtype in index.report.dtypes
            ]
            rows += [_worst_row(*found, "") for found in sized if found and found[1].amount]
            found = worst(of_quantity, "ulp")
            if found and all(one is None or one[1].amount < found[1].amount for one in sized):
                rows.append(_worst_row(*found, "tiny result"))
        found = worst((cell for cell in mine if cell.quantity == "second"), "sized")
        if found and found[1].amount:
            rows.append(_worst_row(*found, ""))
    if not rows:
        yield Paragraph("Every judged result is exact.")
        return
    columns = ("backend", "dtype", "of", "ULP", "x", "x exactly", "result", "truth", "how")
    tiny = (
        ". A result is tiny where 2 eps are more than 8 of its ULP" if index.tier.epsilons else ""
    )
    caption = f"Worst inputs of {function}{tiny}"
    yield Table(caption, columns, rows, filterable=("backend", "dtype", "of"))


def _worst_row(cell: Cell, peak: Peak, remark: str) -> list[Entry | str]:
    digits = DIGITS[cell.dtype]
    return [
        cell.backend,
        cell.dtype,
        SYMBOLS[cell.quantity],
        Entry(number(peak.amount), "bad" if not cell.ok else None, peak.amount),
        Entry(number(peak.x, digits), sort=peak.x),
        f"`{_short_hex(peak.x_hex)}`",
        number(peak.got, digits),
        number(peak.expected, digits),
        ", ".join(part for part in (remark, how(cell)) if part),
    ]


def _short_hex(text: str) -> str:
    """Without the zeros at the end of the digits, which say nothing."""
    digits, _, power = text.partition("p")
    return f"{digits.rstrip('0') if '.' in digits else digits}p{power}".replace(".p", "p")


def _special_points(index: Index, function: str, cells: list[Cell]) -> Iterator[Table]:
    """What comes out at ±0, the kinks, ±∞ and NaN, dtypes and modes together while they agree."""
    first = defaults(function, cells)
    long = [cell for cell in cells if cell.case == first and (cell.specials or cell.infinities)]
    names = {name for cell in long for name in (*cell.specials, *cell.infinities)}
    rows: list[list[Entry | str]] = []
    for name in sorted(names, key=_along):
        for quantity in QUANTITIES:
            mine = [cell for cell in long if cell.quantity == quantity]
            truth = _truth(name, mine)
            if truth is None:
                continue
            # NaN is the truth where NaN goes in; elsewhere it says that there is none.
            judged = quantity != "second" if name == "nan" else not math.isnan(truth)
            results = [
                _result([c for c in mine if c.backend == backend], name, truth if judged else None)
                for backend in index.backends
            ]
            at = name.replace("inf", "∞").replace("-", "−").replace("nan", "NaN")
            rows.append([at, SYMBOLS[quantity], number(truth, 4) if judged else "–", *results])
    if rows:
        columns = ("x", "of", "truth", *index.backends)
        yield Table(f"{function} at special points", columns, rows, sortable=False)


def _along(name: str) -> tuple[bool, float, bool]:
    """From −∞ to ∞, −0 before +0, NaN last."""
    value = float(name)
    return math.isnan(value), 0.0 if math.isnan(value) else value, name == "0"


def _pairs(cells: Iterable[Cell], name: str) -> Iterator[tuple[Cell, float, float]]:
    for cell in cells:
        pair = cell.specials.get(name) or cell.infinities.get(name)
        if pair is not None:
            yield cell, pair[0], pair[1]


def _truth(name: str, cells: list[Cell]) -> float | None:
    """What is right there: the widest dtype says it best. ``None`` if nobody was asked."""
    found = {cell.dtype: truth for cell, _, truth in _pairs(cells, name)}
    return found[max(found, key=lambda dtype: DIGITS[dtype])] if found else None


def _result(cells: list[Cell], name: str, truth: float | None) -> Entry:
    """The result of one backend; if dtypes or modes differ, each result with who gave it."""
    found: dict[str, list[Cell]] = {}
    wrong = False
    for cell, got, _ in _pairs(cells, name):
        found.setdefault(number(got, 4), []).append(cell)
        if truth is not None:
            both_nan = math.isnan(got) and math.isnan(truth)
            wrong = wrong or not (both_nan or math.isclose(got, truth, rel_tol=0.01))
    level: Level | None = "poor" if wrong else None
    if not found:
        return Entry("–", "none")
    if len(found) == 1:
        return Entry(next(iter(found)), level)
    everybody = [cell for given in found.values() for cell in given]
    lines = [f"{text} ({_who(given, everybody)})" for text, given in found.items()]
    return Entry("\n".join(lines), level)


def _who(cells: list[Cell], everybody: list[Cell]) -> str:
    """Modes with their dtypes; a mode alone stands for all its dtypes, and the other way round."""
    modes = list(dict.fromkeys(cell.mode for cell in everybody))
    parts = []
    for mode in modes:
        dtypes = dict.fromkeys(SHORT[cell.dtype] for cell in cells if cell.mode == mode)
        every = dict.fromkeys(SHORT[cell.dtype] for cell in everybody if cell.mode == mode)
        if dtypes:
            named = " ".join(dtypes) if dtypes != every else ""
            parts.append(" ".join(filter(None, (mode if len(modes) > 1 else "", named))))
    return ", ".join(parts)


def _deviations(cells: list[Cell]) -> Iterator[Table]:
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for cell in cells:
        for where, reason in cell.excused.items():
            who = found.setdefault((where, SYMBOLS[cell.quantity], reason), {})
            who[f"{cell.backend} {SHORT[cell.dtype]}"] = None
    rows = [[where, symbol, ", ".join(who), why] for (where, symbol, why), who in found.items()]
    if rows:
        yield Table("Known deviations", ("where", "of", "who", "reason"), rows)


def _disagreements(index: Index, function: str) -> Iterator[Table]:
    """For each quantity and dtype, the case on which backends are farthest apart."""
    rows = []
    for quantity in QUANTITIES:
        for dtype in index.report.dtypes:
            row = _farthest(index, function, quantity, dtype)
            if row is not None:
                rows.append(row)
    if rows:
        columns = ("of", "dtype", "numbers apart", "between", "at", "inputs that differ", "results")
        yield Table("Disagreement between backends", columns, rows)


def _farthest(
    index: Index, function: str, quantity: Quantity, dtype: str
) -> list[Entry | str] | None:
    mine = [
        one
        for one in index.report.disagreements
        if (one.function, one.quantity, one.dtype) == (function, quantity, dtype)
    ]
    compared = sum(one.compared for one in mine)
    if not compared:
        return None
    far = max(mine, key=lambda one: one.distance)
    share = sum(one.different for one in mine) / compared
    results = " / ".join(number(one, DIGITS[dtype]) for one in far.results) if far.distance else "–"
    return [SYMBOLS[quantity], *disagreement_row(far, share), results]
