"""A report folded into what fits on a page: shared by the terminal's table and Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import QUANTITIES
from multiact_compare.results import Cell, Disagreement, Peak, Report, worst
from multiact_compare.tiers import TIERS

SHORT = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64"}
DIGITS = {"float16": 5, "bfloat16": 4, "float32": 9, "float64": 17}
SYMBOLS = {"value": "f", "derivative": "f′", "second": "f″"}


@dataclass(frozen=True)
class Entry:
    """A function on a backend: all its cells folded into the worst.

    ``peaks`` are, for value and derivative, the largest errors in ULP: of results above the
    absolute bound, and of all. ``ratio`` is the largest error over what the contract allows,
    ``broken`` are the quantities that break it.
    """

    function: str
    backend: str
    status: str
    ratio: tuple[Cell, Peak] | None
    peaks: dict[str, list[tuple[Cell, Peak]]]
    broken: list[str]
    excused: bool


@dataclass(frozen=True)
class Failure:
    """A way in which a quantity of a function breaks the contract on a backend.

    ``kind`` is ``nan``, ``kink``, ``finite`` or ``error``, ``cells`` are all that fail like this,
    the worst one first.
    """

    backend: str
    function: str
    quantity: str
    kind: str
    cells: list[Cell]


def entry(report: Report, function: str, backend: str) -> Entry:
    """The table's cell for a function on a backend."""
    state = next(state for state in report.backends if state.name == backend)
    cells = [c for c in report.cells if c.function == function and c.backend == backend]
    broken = [q for q in QUANTITIES if any(not c.ok for c in cells if c.quantity == q)]
    status = "broken" if broken else "ok"
    if not cells:
        status = state.status if state.status != "ok" else "unmeasured"
    return Entry(
        function=function,
        backend=backend,
        status=status,
        ratio=worst(cells, "ratio"),
        peaks={
            name: _peaks([cell for cell in cells if cell.quantity == name])
            for name in ("value", "derivative")
        },
        broken=list(broken),
        excused=any(cell.excused for cell in cells),
    )


def _peaks(cells: list[Cell]) -> list[tuple[Cell, Peak]]:
    """The worst result above the absolute bound, and a worse one below it if there is one."""
    sized, every = worst(cells, "sized"), worst(cells, "ulp")
    found = [peak for peak in (sized, every) if peak is not None]
    return found[:1] if len(found) == 2 and found[0][1] == found[1][1] else found


def failures(report: Report) -> list[Failure]:
    """What breaks the contract, cases, dtypes, modes and layouts folded together."""
    groups: dict[tuple[str, str, str, str, str], list[Cell]] = {}
    for cell in report.cells:
        kinds = ["error"] if cell.error is not None else [str(where) for where in cell.broken]
        for kind in kinds:
            key = (cell.backend, cell.function, cell.quantity, kind, cell.error or "")
            groups.setdefault(key, []).append(cell)
    return [
        Failure(
            *(backend, function, quantity, kind),
            sorted(cells, key=lambda c: -c.ratio.amount if c.ratio else 0.0),
        )
        for (backend, function, quantity, kind, _), cells in groups.items()
    ]


def explain(failure: Failure) -> str:
    """A failure in one line: how much is wrong, where, what should be there, and how often."""
    first = failure.cells[0]
    if failure.kind == "error":
        what = first.error or ""
    elif failure.kind == "nan":
        what = f"{number(first.nan_failure or 0.0)} for NaN"
    elif first.ratio is not None:
        peak, digits = first.ratio, DIGITS[first.dtype]
        details = ", ".join(filter(None, (first.dtype, first.mode, first.layout, first.case)))
        what = (
            f"{number(peak.amount)}× what is allowed at {peak.where}: "
            f"{number(peak.got, digits)} instead of {number(peak.expected, digits)} ({details})"
        )
    symbol = SYMBOLS[failure.quantity]
    return f"{failure.backend} {failure.function} {symbol}: {what} [{_extent(failure)}]"


def _extent(failure: Failure) -> str:
    """Which dtypes, modes, layouts and cases fail alike."""
    cells = failure.cells
    parts = []
    for values in (
        [SHORT[cell.dtype] for cell in cells],
        [cell.mode for cell in cells],
        [cell.layout for cell in cells],
    ):
        parts.append(", ".join(dict.fromkeys(values)))
    cases = list(dict.fromkeys(cell.case or "defaults" for cell in cells))
    if cases != ["defaults"]:
        parts.append("; ".join(cases))
    kind = failure.kind
    if kind not in ("nan", "error"):
        counts = sum(n for cell in cells for where, n in cell.failures.items() if where == kind)
        parts.append(f"{counts:,} places")
    return " | ".join(parts)


def infinities(report: Report) -> Iterator[str]:
    """Results at ±inf that are not the limit: reported, not judged."""
    found: dict[tuple[str, ...], list[str]] = {}
    for cell in report.cells:
        for x, (got, limit) in cell.infinities.items():
            both_nan = math.isnan(got) and math.isnan(limit)
            if not both_nan and not math.isclose(got, limit, rel_tol=0.01):
                what = f"{cell.function} {SYMBOLS[cell.quantity]}({x.replace('-', '−')})"
                key = (what, number(got), number(limit + 0.0))
                found.setdefault(key, []).append(f"{cell.backend} {cell.mode}")
    for (what, result, right), who in found.items():
        yield f"{what} = {result}, limit {right}: {', '.join(dict.fromkeys(who))}"


def excuses(report: Report) -> list[str]:
    """The known deviations that were met, those with the same reason in one line."""
    found: dict[tuple[str, str], list[str]] = {}
    for cell in report.cells:
        for where, reason in cell.excused.items():
            what = f"{cell.function} {SYMBOLS[cell.quantity]}"
            found.setdefault((where, reason), []).append(f"{cell.backend} {what}")
    return [
        f"{where}: {', '.join(dict.fromkeys(names))}: {reason}"
        for (where, reason), names in found.items()
    ]


def disagreements(
    report: Report, function: str, quantity: str
) -> tuple[Disagreement, float] | None:
    """Where backends are farthest apart, and the share of inputs on which any two differ."""
    mine = [d for d in report.disagreements if (d.function, d.quantity) == (function, quantity)]
    compared = sum(d.compared for d in mine)
    if not compared:
        return None
    share = sum(d.different for d in mine) / compared
    return max(mine, key=lambda d: d.distance), share


def agreement(report: Report) -> list[str]:
    """How many results were compared between backends, and how many differ by a bit."""
    lines = []
    compared = sum(one.compared for one in report.disagreements)
    different = sum(one.different for one in report.disagreements)
    if compared:
        lines.append(
            f"{compared:,} inputs compared between backends, {different:,} differ by a bit"
        )
        for dtype in report.dtypes:
            mine = [one for one in report.disagreements if one.dtype == dtype]
            apart, total = (sum(getattr(one, n) for one in mine) for n in ("different", "compared"))
            lines.append(f"{dtype}: {apart:,} of {total:,}")
    return lines


def rounding(report: Report) -> list[str]:
    """Per dtype and quantity: the worst error, and the share that is correctly rounded.

    The error is that beside the known deviations, and in ULP of the row for gradients of rows.
    """
    lines, tier = [], TIERS[report.tier]
    for dtype in report.dtypes:
        for quantity in QUANTITIES:
            cells = [c for c in report.cells if (c.dtype, c.quantity) == (dtype, quantity)]
            peak, judged = worst(cells, "ratio"), sum(cell.judged for cell in cells)
            if peak is None or not judged:
                continue
            known = any(cell.failures.get(where) for cell in cells for where in cell.excused)
            right = 1 - sum(cell.misrounded for cell in cells) / judged
            cell, place = peak
            error = place.amount * tier.allowed_ulps(DTYPES[dtype], quantity)
            lines.append(
                f"{dtype} {SYMBOLS[quantity]}: worst {number(error, 6)} ULP"
                f"{' beside known deviations' if known else ''} "
                f"({cell.function} on {cell.backend} at {place.where}), "
                f"{right:.6%} correctly rounded"
            )
    return lines


def conclusion(report: Report) -> str:
    """One sentence that says how it went."""
    judged = sum(cell.judged for cell in report.cells)
    bad = [cell for cell in report.cells if not cell.ok]
    scope = (
        f"{len(report.functions)} functions, "
        f"{sum(state.status == 'ok' for state in report.backends)} backends, "
        f"{len(report.dtypes)} dtypes, {len(report.cells):,} arrays of results, "
        f"{judged / 1e6:.1f} million points judged in {report.seconds:.0f} s"
    )
    if report.ok:
        return f"The contract holds: {scope}."
    reasons = []
    if bad:
        reasons.append(f"{len(bad)} arrays of results break it")
    if report.problems:
        reasons.append(f"{len(report.problems)} other problems")
    return f"The contract does not hold ({' and '.join(reasons)}): {scope}."


def errors_at(peaks: list[tuple[Cell, Peak]]) -> list[str]:
    """``2.5 ULP at −12.3 (f32)``, with mode, layout and case where they are not the plain ones."""
    lines = []
    for index, (cell, peak) in enumerate(peaks):
        details = [SHORT[cell.dtype]]
        if cell.mode != "eager":
            details.append(cell.mode)
        if cell.layout not in ("long", "row"):
            details.append(cell.layout)
        if cell.case:
            details.append(cell.case)
        size = f"{number(peak.amount)}{' tiny' if index else ' ULP'}"
        at = f" at {number(peak.x, 4)} ({', '.join(details)})"
        lines.append(size + at if peak.amount else "exact")
    return lines or ["–"]


def number(value: float, digits: int = 3) -> str:
    """A number short enough to read."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.{digits}g}".replace("-", "−")


def versions(report: Report) -> str:
    """The packages of all backends with their versions."""
    found = {name: v for state in report.backends for name, v in state.versions.items()}
    return ", ".join(f"{name} {v}" for name, v in found.items())
