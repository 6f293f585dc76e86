"""A natives report folded into what fits on a page: a line per function and library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from multiact_compare.natives.differences import SANE, SYMBOLS, number
from multiact_compare.natives.engine import NativesReport
from multiact_compare.natives.findings import Region, Split, Worst
from multiact_compare.natives.table import NATIVES
from multiact_compare.summary import SHORT

NOTABLE_SPLIT = 0.0
"""From more than so many ULP on, a library against itself is worth a line."""


@dataclass(frozen=True)
class Line:
    """One call: its worst errors per quantity, and how its second derivative does."""

    function: str
    case: str
    library: str
    call: str
    worst: dict[str, Worst]
    errors: dict[str, str]
    lost: list[str]


def lines(report: NativesReport) -> list[Line]:
    """A line for every call that was measured, by function."""
    worst: dict[tuple[str, ...], Worst] = {}
    for one in report.findings.worst:
        key = (one.function, one.case, one.library, one.quantity)
        if key not in worst or _rank(one) > _rank(worst[key]):
            worst[key] = one
    errors: dict[tuple[str, ...], str] = {}
    for cell in report.cells:
        if cell.error is not None and (cell.mode, cell.layout) == ("eager", "long"):
            raised = (cell.function, cell.case, cell.backend, cell.quantity)
            errors.setdefault(raised, cell.error)
    found = []
    for title, calls in report.calls.items():
        function, _, rest = title.partition("(")
        case = rest[:-1]
        for library, call in calls.items():
            call_key = (function, case, library)
            found.append(
                Line(
                    *(function, case, library, call),
                    worst={q: worst[*call_key, q] for q in SYMBOLS if (*call_key, q) in worst},
                    errors={q: errors[*call_key, q] for q in SYMBOLS if (*call_key, q) in errors},
                    lost=lost(
                        one
                        for one in report.findings.regions
                        if (one.function, one.case, one.library) == call_key
                    ),
                )
            )
    return found


def _rank(one: Worst) -> tuple[bool, float]:
    # float32 speaks for a call; the other dtypes are in the report's data.
    return one.dtype == "float32", one.ulps if not math.isnan(one.ulps) else math.inf


def lost(found: Iterable[Region]) -> list[str]:
    """Regions in words, dtypes and modes that lose alike in one; NaN far out is left out."""
    groups: dict[tuple[str, str], list[Region]] = {}
    for one in found:
        if min(abs(one.low), abs(one.high)) <= SANE or one.quantity == "value":
            side = "left" if one.high < 0 else "right"
            groups.setdefault((one.quantity, one.kind + side), []).append(one)
    said = []
    for (quantity, _), ones in groups.items():
        widest = max(ones, key=lambda one: (one.dtype == "float32", one.points))
        who = ", ".join(
            dict.fromkeys(
                f"{SHORT[one.dtype]}{' compiled' if one.mode == 'compiled' else ''}" for one in ones
            )
        )
        kind = f"of the {widest.kind}" if widest.kind == "wrong sign" else widest.kind
        text = f"{SYMBOLS[quantity]} is {kind} on [{number(widest.low)}, {number(widest.high)}]"
        if not math.isnan(widest.expected):
            got, expected = number(widest.got), number(widest.expected)
            text += f", e.g. {got} for {expected} at {number(widest.x)}"
        said.append(f"{text} ({who})")
    return said


def worst_text(one: Worst) -> str:
    """An error and its place."""
    text = "exact"
    if one.ulps:
        text = f"{number(one.ulps, 3)} at {_spot(one.where)} ({SHORT[one.dtype]})"
    if one.tail_ulps > one.ulps:
        text += f"; tail {number(one.tail_ulps, 3)} at {_spot(one.tail_where)}"
    return text


def _spot(where: str) -> str:
    """A place without what is said anyway, in digits that fit."""
    value = where.removeprefix("x = ")
    return number(float(value), 6) if value != where else where


def splits(report: NativesReport) -> list[tuple[float, str]]:
    """A library against itself, the worst first: ULP, and the whole line."""
    groups: dict[tuple[str, ...], list[Split]] = {}
    for one in report.findings.splits:
        if one.ulps > NOTABLE_SPLIT or one.one_nan:
            key = (one.library, one.function, one.case, one.quantity, *one.ways)
            groups.setdefault(key, []).append(one)
    found = []
    for (library, function, case, quantity, one_way, other), ones in groups.items():
        worst = max(ones, key=lambda one: (one.dtype == "float32", one.ulps))
        both = " and ".join(number(result) for result in worst.results)
        nan = max(ones, key=lambda one: one.one_nan)
        text = (
            f"{library} {function}{f'({case})' if case else ''} {SYMBOLS[quantity]}, {one_way} "
            f"and {other}: {number(worst.ulps, 3)} ULP at {worst.where} ({both}), "
            f"{worst.different:,} of {worst.compared:,} differ ({SHORT[worst.dtype]})"
        )
        if nan.one_nan:
            text += f"; only one is NaN at {nan.nan_where} ({SHORT[nan.dtype]})"
        found.append((worst.ulps, text))
    return sorted(found, key=lambda pair: -pair[0])


def refusals(report: NativesReport) -> Iterator[str]:
    """What raised an exception in a measurement, folded over dtypes, modes and layouts."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for cell in report.cells:
        if cell.error is not None:
            key = (cell.backend, cell.function, cell.quantity, cell.error)
            groups.setdefault(key, []).append(f"{SHORT[cell.dtype]} {cell.mode}")
    for (library, function, quantity, error), where in groups.items():
        places = ", ".join(dict.fromkeys(where))
        yield f"{library} {function} {SYMBOLS[quantity]}: {error} [{places}]"


def absent(report: NativesReport) -> list[str]:
    """Which of the functions each library has not."""
    found = []
    for state in report.backends:
        there = {row.function for row in NATIVES if row.library == state.name}
        missing = [name for name in report.functions if name not in there]
        if missing:
            found.append(f"{state.name} has no {', '.join(missing)}")
    return found
