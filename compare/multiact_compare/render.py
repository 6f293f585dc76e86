"""A report on the terminal, and the same summary as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from multiact_compare import summary
from multiact_compare.results import Report
from multiact_compare.summary import SHORT, SYMBOLS, Entry

WIDE = 140
"""From this many columns on, every backend gets a column of its own."""

MOST_LINES = 60

LEGEND = """\
✓ or ✗ with the largest share of the allowed error that was used, second derivative f″ included.
f, f′: largest error of value and derivative in ULP of the dtype, and where it is; "tiny" among
results below the contract's absolute bound. *: a known deviation."""


def print_report(report: Report, console: Console) -> None:
    """Print the table, what fails and why, disagreement, environment and a summary line."""
    for part in _parts(report, console.width):
        console.print(part)


def markdown(report: Report) -> str:
    """The table of functions and backends, and the summary line, as GitHub's Markdown."""
    names = [state.name for state in report.backends]
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for function in report.functions:
        entries = [summary.entry(report, function, name) for name in names]
        # Results below the absolute bound are left to the terminal: a page has less room.
        cells = [
            "<br>".join(line for line in _lines(item) if " tiny " not in line) for item in entries
        ]
        lines.append(f"| **{function}** | {' | '.join(cells)} |")
    lines += ["", summary.conclusion(report)]
    lines += [f"- {problem}" for problem in (*report.problems, *report.remarks)]
    machine = report.environment.get("machine", "")
    lines += ["", f"Measured with {summary.versions(report)} on {machine}."]
    return "\n".join(lines) + "\n"


def _parts(report: Report, width: int) -> Iterator[RenderableType]:
    yield _wide(report) if width >= WIDE else _narrow(report)
    yield Text(LEGEND, style="dim")
    yield from _section("Failures", list(map(summary.explain, summary.failures(report))), "red")
    rows = [f"{s.name}: {s.reason}" for s in report.backends if s.status == "missing"]
    yield from _section("Not measured", rows, "yellow")
    yield from _section("Problems", report.problems, "red")
    yield from _section("What the truth is", report.remarks, "yellow")
    yield from _section("Known deviations", summary.excuses(report), "yellow")
    yield from _section("At ±inf (reported, not judged)", list(summary.infinities(report)), "dim")
    if report.disagreements:
        yield _disagreement(report)
    yield from _section("The same bits", summary.agreement(report), "dim")
    if report.tier == "precise":
        yield from _section("Rounding", summary.rounding(report), "dim")
    notes = [note for state in report.backends for note in state.notes]
    facts = [f"{name} {value}" for name, value in report.environment.items()]
    timing = ", ".join(f"{s.name} {s.seconds:.0f} s" for s in report.backends if s.seconds)
    sizes = ", ".join(f"{dtype} {count:,}" for dtype, count in report.points.items())
    lines = [", ".join(facts), summary.versions(report), *notes, f"points: {sizes}"]
    lines.append(f"worker time: {timing}")
    yield from _section("Environment", [line for line in lines if line], "dim")
    yield Text("\n" + summary.conclusion(report), style="bold green" if report.ok else "bold red")


def _wide(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, padding=(0, 1, 1, 0))
    table.add_column("function", style="bold", no_wrap=True)
    names = [state.name for state in report.backends]
    for name in names:
        table.add_column(name, ratio=1)
    for function in report.functions:
        entries = [summary.entry(report, function, name) for name in names]
        table.add_row(function, *(_stacked(item) for item in entries))
    return table


def _narrow(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("function", "backend", "verdict", "f", "f′"):
        table.add_column(heading, no_wrap=heading in ("function", "backend"))
    for function in report.functions:
        for index, state in enumerate(report.backends):
            item = summary.entry(report, function, state.name)
            table.add_row(
                Text(function if index == 0 else "", style="bold"),
                state.name,
                _verdict(item),
                *("\n".join(summary.errors_at(peaks)) for peaks in item.peaks.values()),
            )
        table.add_section()
    return table


def _stacked(item: Entry) -> RenderableType:
    _, *rest = _lines(item)
    return Group(_verdict(item), *(Text(line) for line in rest))


def _lines(item: Entry) -> list[str]:
    lines = [_verdict(item).plain]
    if item.ratio is not None:
        for quantity, peaks in item.peaks.items():
            lines += [f"{SYMBOLS[quantity]} {line}" for line in summary.errors_at(peaks)]
    return lines


def _verdict(item: Entry) -> Text:
    if item.status in ("missing", "died", "unmeasured"):
        words = {"missing": "not installed", "died": "died", "unmeasured": "not measured"}
        return Text(words[item.status], style="yellow" if item.status == "missing" else "red")
    share = summary.number(item.ratio[1].amount, 2) if item.ratio else "–"
    if item.status == "broken":
        which = " ".join(SYMBOLS[quantity] for quantity in item.broken)
        return Text(f"✗ {which} ({share})", style="bold red")
    return Text(f"✓ {share}{' *' if item.excused else ''}", style="green")


def _section(title: str, lines: list[str], style: str) -> Iterator[RenderableType]:
    if lines:
        yield Text(f"\n{title}", style="bold")
        shown = lines[:MOST_LINES]
        yield from (Text(f"  {line}", style=style) for line in shown)
        if len(lines) > len(shown):
            yield Text(f"  … and {len(lines) - len(shown)} more: --json has them all", style=style)


def _disagreement(report: Report) -> Table:
    table = Table(
        title="Disagreement between backends (eager; numbers apart, and inputs that differ)",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("function", "f", "inputs", "f′", "inputs"):
        right = heading == "inputs"
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    for function in report.functions:
        row: list[str] = []
        for quantity in ("value", "derivative"):
            found = summary.disagreements(report, function, quantity)
            if found is None:
                row += ["–", "–"]
                continue
            worst, share = found
            pair = "/".join(worst.backends)
            if worst.distance:
                apart = worst.distance if worst.distance < 10**6 else f"{worst.distance:.1e}"
                row.append(f"{apart} {pair} {SHORT[worst.dtype]}, {worst.where}")
            else:
                row.append("none")
            row.append(f"{share:.1%}")
        table.add_row(Text(function, style="bold"), *row)
    return table
