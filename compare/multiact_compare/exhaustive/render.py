"""A sweep's report on the terminal, and as a document for the renderers of reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from multiact_compare import report as documents
from multiact_compare import results
from multiact_compare.exhaustive.report import Report, Row
from multiact_compare.exhaustive.tally import BINS_PER_ULP
from multiact_compare.report import Check, Document, Entry, Level, Section
from multiact_compare.results import Peak
from multiact_compare.summary import DIGITS, SYMBOLS, number

COLUMNS = ("function", "backend", "", "allowed used", "worst error in ULP", "misrounded")
SHARES = (0.5, 1, 2, 4, 8)
"""Up to how many ULP the table of errors says how many results there are."""


def print_report(report: Report, console: Console) -> None:
    """Print the tables, what fails and why, and a summary line."""
    console.print(_table("", COLUMNS, [_cells(row) for row in report.rows]))
    shares = [_shares(row) for row in report.rows if sum(row.histogram)]
    headings = ("function", "backend", "", *(f"≤ {ulps:g}" for ulps in SHARES), "beyond")
    console.print(_table("Errors of all judged results, in ULP", headings, shares))
    missing = [f"{s.name}: {s.reason}" for s in report.backends if s.status == "missing"]
    for title, lines, style in (
        ("Failures", list(_failures(report)), "red"),
        ("Not measured", missing, "yellow"),
        ("Problems", report.problems, "red"),
        ("Known deviations", sorted(set(_excuses(report))), "yellow"),
    ):
        if lines:
            console.print(Text(f"\n{title}", style="bold"))
            for line in lines:
                console.print(Text(f"  {line}", style=style))
    console.print(Text("\n" + conclusion(report), style="bold green" if report.ok else "bold red"))


def conclusion(report: Report) -> str:
    """The verdict in one line."""
    inputs = sum(row.inputs for row in report.rows)
    asked = sum(row.fallbacks for row in report.rows)
    functions = len({(row.function, row.case) for row in report.rows})
    if report.ok:
        verdict = "The contract holds"
    elif any(not row.ok for row in report.rows):
        verdict = "The contract does not hold"
    else:
        verdict = "Not everything could be measured"
    where = "every number"
    if report.range:
        where = f"every number from {report.range[0]:g} to {report.range[1]:g}"
    return (
        f"{verdict}: {where} of {report.dtype}, {functions} functions, {inputs:,} results in "
        f"{report.seconds:,.0f} s; arb decided about {asked:,} of them itself."
    )


def document(report: Report) -> Document:
    """The report as a document."""
    rows = [
        [Entry(row.function, title=row.case), *map(Entry, _cells(row)[1:3]), _share_entry(row)]
        + [Entry(text) for text in _cells(row)[4:]]
        for row in report.rows
    ]
    overview = documents.Table("Worst errors", COLUMNS, rows, filterable=("function", "backend"))
    columns = ("function", "backend", "", *(f"≤ {ulps:g}" for ulps in SHARES), "beyond")
    errors = documents.Table(
        "Errors of all judged results, in ULP", columns, [_shares(row) for row in report.rows]
    )
    return Document(
        kind="exhaustive",
        title=f"Every number of {report.dtype}",
        summary=conclusion(report),
        sections=[Section("Results", [overview, errors], anchor="results")],
        checks=[
            Check(
                group=f"{row.backend}.{row.function}",
                name=f"{row.quantity}({row.case})",
                status="passed" if row.ok else "failed",
                message="" if row.ok else _explained(row),
            )
            for row in report.rows
        ],
        environment=report.environment,
        data=results.plain(report),
    )


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, no_wrap=heading in ("function", "backend"))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _name(row: Row) -> str:
    return f"{row.function}({row.case})" if row.case else row.function


def _cells(row: Row) -> list[str]:
    """A row of the overview."""
    start = [_name(row), row.backend, SYMBOLS[row.quantity]]
    if row.error is not None:
        return [*start, "✗", row.error, ""]
    used = f"{'✓' if row.ok else '✗'} {number(row.ratio.amount, 2) if row.ratio else '–'}"
    worst = [_peak(row.sized or row.ulp)]
    if row.sized and row.ulp and row.ulp.amount > row.sized.amount:
        worst.append(f"tiny {_peak(row.ulp)}")
    share = row.misrounded / max(sum(row.histogram), 1)
    return [*start, used + (" *" if row.excused else ""), "\n".join(worst), f"{share:.2%}"]


def _peak(peak: Peak | None) -> str:
    if peak is None or not peak.amount:
        return "–" if peak is None else "exact"
    return f"{number(peak.amount)} at {peak.x:.9g} ({short_hex(peak.x_hex)})"


def short_hex(text: str) -> str:
    """A hexadecimal number without the zeros at its end."""
    mantissa, mark, power = text.partition("p")
    return (mantissa.rstrip("0").rstrip(".") if mark else mantissa) + mark + power


def _shares(row: Row) -> list[str]:
    """How many results are within so many ULP, and how many are not."""
    total = max(sum(row.histogram), 1)
    found = [_name(row), row.backend, SYMBOLS[row.quantity]]
    for ulps in SHARES:
        found.append(_percent(sum(row.histogram[: int(ulps * BINS_PER_ULP)]), total))
    return [*found, f"{row.histogram[-1]:,}"]


def _percent(count: int, total: int) -> str:
    """A share that is 100 % only if it is all of them."""
    return "100%" if count == total else f"{int(10_000 * count / total) / 100:.2f}%"


def _share_entry(row: Row) -> Entry:
    amount = row.ratio.amount if row.ratio else None
    level: Level = "bad" if not row.ok else "fair" if (amount or 0) > 0.25 else "good"
    return Entry(_cells(row)[3], level=level, sort=amount)


def _failures(report: Report) -> Iterator[str]:
    for row in report.rows:
        if not row.ok:
            yield f"{row.backend} {_name(row)} {SYMBOLS[row.quantity]}: {_explained(row)}"


def _explained(row: Row) -> str:
    """What is wrong, in one line."""
    if row.error is not None:
        return row.error
    found = []
    for where, count in row.broken.items():
        peak = row.nan_failure if where == "nan" else row.ratio
        text = f"{count:,} {where} inputs"
        if where == "nan" and peak:
            text = f"{number(peak.got)} for NaN at {count:,} inputs"
        elif peak:
            text += (
                f", up to {number(peak.amount)}× what is allowed: at {peak.x!r} "
                f"({short_hex(peak.x_hex)}) {number(peak.got, 9)} instead of "
                f"{number(peak.expected, DIGITS['float64'])}"
            )
        found.append(text)
    return "; ".join(found)


def _excuses(report: Report) -> Iterator[str]:
    for row in report.rows:
        for where, reason in row.excused.items():
            yield f"{where}: {row.backend} {_name(row)} {SYMBOLS[row.quantity]}: {reason}"
