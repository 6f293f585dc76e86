"""A natives report on the terminal, and as a report's document."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from multiact_compare import report as pages
from multiact_compare.natives import digest
from multiact_compare.natives.differences import SYMBOLS, Difference, by_kind, differences, number
from multiact_compare.natives.engine import NativesReport

MOST_LINES = 40

TITLES = {
    "default": "Defaults that differ",
    "kink": "Derivatives at kinks",
    "special": "Infinities, NaN, zeros and special rows",
    "value": "Values",
    "derivative": "Derivatives",
    "second": "Second derivatives",
    "dtype": "Dtypes",
}

LEGEND = (
    'f, f′: largest error in ULP of the truth, in float32 if it was measured, and where; "tail" '
    "among results so small that subnormal numbers show. Rows count in ULP of 1. "
    "f″: whether there is a second derivative."
)


def print_natives(report: NativesReport, console: Console) -> None:
    """Print the table of calls, what is lost, and every disagreement, the worst first."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("function", "call", "f", "f′", "f″"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("function", "f″"))
    before = ""
    for line in digest.lines(report):
        if line.function != before:
            table.add_section()
        table.add_row(
            Text(line.function if line.function != before else "", style="bold"),
            Text(line.call),
            *(Text(_cell(line, quantity)) for quantity in ("value", "derivative")),
            Text(_second(line)),
        )
        before = line.function
    console.print(table)
    console.print(Text(LEGEND, style="dim"))
    found = differences(report)
    worst = [f"{number(one.amount, 3)}  {one.line()}" for one in found if one.kind != "dtype"]
    dtypes = [one.line() for one in found if one.kind == "dtype"]
    parts = (
        ("No digit right", [text for _, text in lost(report)], "red"),
        ("Disagreements, the worst first (how far apart, and who gives what)", worst, "yellow"),
        ("Dtypes that not all take", dtypes, "dim"),
        ("One library against itself", [text for _, text in digest.splits(report)], "dim"),
        ("Absent", digest.absent(report), "dim"),
        ("Exceptions", list(digest.refusals(report)), "dim"),
        ("Not measured", report.problems, "red"),
        ("Environment", environment(report), "dim"),
    )
    for title, texts, style in parts:
        if texts:
            console.print(Text(f"\n{title}", style="bold"))
            for text in texts[:MOST_LINES]:
                console.print(Text(f"  {text}", style=style))
            if len(texts) > MOST_LINES:
                rest = len(texts) - MOST_LINES
                console.print(Text(f"  … and {rest} more: --json has them all", style=style))
    console.print(Text(f"\n{conclusion(report, found)}", style="bold"))


def lost(report: NativesReport) -> Iterator[tuple[str, str]]:
    """Function, and where a call of it loses every digit."""
    for line in digest.lines(report):
        for text in line.lost:
            yield line.function, f"{line.call}: {text}"


def conclusion(report: NativesReport, found: list[Difference]) -> str:
    """One sentence."""
    calls = sum(len(calls) for calls in report.calls.values())
    return (
        f"{calls} native calls of {len(report.backends)} libraries measured in "
        f"{report.seconds:.0f} s: {len(found)} disagreements, "
        f"{sum(1 for _ in lost(report))} regions where no digit is right."
    )


def environment(report: NativesReport) -> list[str]:
    """Machine and versions."""
    versions = [
        f"{name} {version}" for state in report.backends for name, version in state.versions.items()
    ]
    facts = [f"{name} {value}" for name, value in report.environment.items()]
    sizes = ", ".join(f"{dtype} {count:,}" for dtype, count in report.points.items())
    notes = [note for state in report.backends for note in state.notes]
    return [", ".join(facts), ", ".join(dict.fromkeys(versions)), f"points: {sizes}", *notes]


def document(report: NativesReport) -> pages.Document:
    """The same for a report's file."""
    found = differences(report)
    rows: list[list[pages.Entry | str]] = [
        [
            line.function,
            line.library,
            pages.Entry(f"`{line.call}`"),
            *(_entry(line, quantity) for quantity in ("value", "derivative")),
            _second(line),
        ]
        for line in digest.lines(report)
    ]
    calls = pages.Table(
        caption=LEGEND,
        columns=("function", "library", "call", "f", "f′", "f″"),
        rows=rows,
        filterable=("function", "library"),
    )
    lost_rows = [(function, text) for function, text in lost(report)]
    sections = [
        pages.Section("Native calls", (calls,), "calls"),
        pages.Section(
            "Where no digit is right",
            (pages.Table("Consecutive points", ("function", "where"), lost_rows),),
            "lost",
        ),
    ]
    for kind, ones in by_kind(found).items():
        body = [
            (
                one.function,
                one.what,
                "; ".join(f"{', '.join(who)}: {side}" for side, who in one.sides.items()),
                pages.Entry(number(one.amount, 3), sort=one.amount),
            )
            for one in ones
        ]
        columns = ("function", "what", "who gives what", "apart")
        table = pages.Table(TITLES[kind], columns, body, filterable=("function",))
        sections.append(pages.Section(TITLES[kind], (table,), kind))
    gone: list[pages.Block] = [pages.Paragraph(text) for text in digest.absent(report)]
    if gone:
        sections.append(pages.Section("Absent", gone, "absent"))
    itself = [
        (text, pages.Entry(number(ulps, 3), sort=ulps)) for ulps, text in digest.splits(report)
    ]
    sections.append(
        pages.Section(
            "One library against itself",
            (pages.Table("Layouts and compiled modes", ("what", "ULP"), itself),),
            "itself",
            folded=True,
        )
    )
    checks = [
        pages.Check(
            state.name,
            "measured",
            "passed" if state.status == "ok" else "failed",
            state.reason,
            state.seconds,
        )
        for state in report.backends
    ]
    facts = {**report.environment}
    for state in report.backends:
        facts.update(state.versions)
    return pages.Document(
        kind="natives",
        title="What the frameworks' own activation functions do",
        summary=conclusion(report, found),
        sections=sections,
        checks=checks,
        environment=facts,
        data={"natives": report, "differences": found},
    )


def _cell(line: digest.Line, quantity: str) -> str:
    if quantity in line.worst:
        return digest.worst_text(line.worst[quantity])
    return "raises" if quantity in line.errors else "–"


def _entry(line: digest.Line, quantity: str) -> pages.Entry:
    worst = line.worst.get(quantity)
    if worst is None:
        return pages.Entry(_cell(line, quantity), "none", title=line.errors.get(quantity, ""))
    level: pages.Level = "good" if worst.ulps <= 2 else "fair" if worst.ulps <= 8 else "poor"
    if worst.ulps >= 1e6:
        level = "bad"
    return pages.Entry(digest.worst_text(worst), level, worst.ulps)


def _second(line: digest.Line) -> str:
    if "second" in line.errors:
        return "none"
    if any(text.startswith(SYMBOLS["second"]) for text in line.lost):
        return "NaN"
    return "yes" if "second" in line.worst else "–"
