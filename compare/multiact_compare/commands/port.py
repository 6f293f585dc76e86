"""``multiact port``: one library's calls, written in another."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from multiact_compare import report as pages
from multiact_compare import results
from multiact_compare.commands.options import (
    Name,
    canonical,
    report_option,
    writable,
    write_reports,
)
from multiact_compare.natives import porting
from multiact_compare.natives.call import LIBRARIES, Library
from multiact_compare.natives.porting import Port, PortReport
from multiact_compare.progress import Bar

LEGEND = (
    "The differences are those of float32: the largest distance in ULP of the truth, the largest "
    "|a − b| / max(1, |truth|) anywhere, and where; kinks included. Calls that share function and "
    "parameters share their measurement."
)


@click.command("port")
@click.argument("names", nargs=-1)
@click.option("--from", "source", required=True, type=Name(LIBRARIES), help="Ported from.")
@click.option("--to", "target", required=True, type=Name(LIBRARIES), help="Ported to.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Processes that work at the same time. Default: one per core.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    help="Also write the table to this file.",
)
@report_option()
def port_command(
    names: tuple[str, ...],
    source: Library,
    target: Library,
    jobs: int | None,
    json_file: Path | None,
    reports: tuple[Path, ...],
) -> None:
    """How to write one library's calls of NAMES (default: every function) in another.

    Each call with its own defaults, the call that means the same in the target, the call of
    multiact that is right on both, and what still differs, measured.
    """
    if source == target:
        raise click.UsageError(
            f"--from and --to are both {source}. Name two of {', '.join(LIBRARIES)}."
        )
    writable(json_file)
    with Bar(Console(stderr=True)) as bar:
        report = porting.run(source, target, canonical(names), bar, jobs or 0)
    print_port(report, Console())
    data: Any = report
    others = [(json_file, partial(results.save, data, json_file))] if json_file else []
    write_reports(partial(document, report), reports, others)


def print_port(report: PortReport, console: Console) -> None:
    """A block of lines per call."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for one in report.ports:
        table.add_section()
        for label, text in _facts(report, one):
            styles: dict[str, str] = {report.source: "bold", report.target: "bold green"}
            style = styles.get(label, "")
            table.add_row(label, Text(text, style=style))
    console.print(table)
    if report.absent:
        console.print(Text(f"{report.source} has no {', '.join(report.absent)}.", style="dim"))
    for problem in report.problems:
        console.print(Text(problem, style="red"))
    console.print(Text(LEGEND, style="dim"))


def document(report: PortReport) -> pages.Document:
    """The same for a report's file."""
    rows = [
        (
            one.function,
            pages.Entry(f"`{one.source}`", title=one.spelled),
            pages.Entry(f"`{one.target}`", "good" if one.native else "fair"),
            pages.Entry(f"`{one.ours}`"),
            _entry(one.value),
            _entry(one.gradient),
            "; ".join(one.remarks),
        )
        for one in report.ports
    ]
    columns = (
        "function", report.source, report.target, "multiact", "value differs",
        "gradient differs", "remarks",
    )  # fmt: skip
    table = pages.Table(LEGEND, columns, rows, filterable=("function",))
    blocks: list[pages.Block] = [table]
    if report.absent:
        blocks.append(pages.Paragraph(f"{report.source} has no {', '.join(report.absent)}."))
    native = sum(one.native for one in report.ports)
    return pages.Document(
        kind="port",
        title=f"From {report.source} to {report.target}",
        summary=f"{len(report.ports)} calls, {native} of which {report.target} has itself.",
        sections=[pages.Section("Calls", blocks, "calls")],
        checks=[
            pages.Check(one.function, one.source, "passed" if one.value else "skipped")
            for one in report.ports
        ],
        data={"port": report},
    )


def _facts(report: PortReport, one: Port) -> list[tuple[str, str]]:
    defaults = f"    # {one.spelled}" if one.spelled != one.source else ""
    facts = [
        (report.source, one.source + defaults),
        (
            report.target,
            one.target if one.native else f"{one.target}    # {report.target} has none",
        ),
        ("multiact", one.ours),
    ]
    for label, found in (("f differs", one.value), ("f′ differs", one.gradient)):
        if found is not None:
            facts.append((label, found.text()))
    facts += [("remark", remark) for remark in one.remarks]
    return facts


def _entry(found: porting.Remaining | None) -> pages.Entry:
    if found is None:
        return pages.Entry("–", "none")
    level: pages.Level = (
        "good" if found.scaled < 1e-6 else "fair" if found.scaled < 1e-3 else "poor"
    )
    return pages.Entry(found.text(), level, found.scaled)
