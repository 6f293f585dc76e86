"""``multiact versus``: libraries side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from multiact_compare import results
from multiact_compare.commands.options import (
    Name,
    canonical,
    report_option,
    writable,
    write_reports,
)
from multiact_compare.natives import side_by_side
from multiact_compare.natives.call import LIBRARIES
from multiact_compare.natives.side_by_side import VersusReport
from multiact_compare.progress import Bar


@click.command("versus")
@click.argument("libraries", nargs=-1, type=Name(LIBRARIES))
@click.option("-f", "--function", "names", multiple=True, help="Only this one; may be repeated.")
@click.option(
    "--points",
    type=click.IntRange(min=1),
    default=5_000,
    show_default=True,
    help="Points in float32.",
)
@click.option("--no-speed", is_flag=True, help="Leave out time and memory.")
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
    help="Also write everything that was found to this file.",
)
@report_option()
def versus_command(
    libraries: tuple[str, ...],
    names: tuple[str, ...],
    points: int,
    no_speed: bool,
    jobs: int | None,
    json_file: Path | None,
    reports: tuple[Path, ...],
) -> None:
    """Two or more LIBRARIES side by side: torch, tensorflow, keras, jax, numpy.

    Per function: what it is called, parameters and defaults, errors, gradients at kinks, speed
    forward and backward as ratios of one run, memory kept for the backward pass, remarks.
    """
    chosen = list(dict.fromkeys(libraries))
    if len(chosen) < 2:
        raise click.UsageError(f"name at least two different libraries of {', '.join(LIBRARIES)}.")
    writable(json_file)
    with Bar(Console(stderr=True)) as bar:
        report = side_by_side.run(
            chosen, canonical(names), points, bar, jobs=jobs or 0, timed=not no_speed
        )
    print_versus(report, Console())
    data: Any = report
    others = [(json_file, partial(results.save, data, json_file))] if json_file else []
    write_reports(partial(side_by_side.document, report), reports, others)


def print_versus(report: VersusReport, console: Console) -> None:
    """A small table and the remarks for every function."""
    for pairing in report.pairings:
        table = Table(
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            title=pairing.function,
            title_justify="left",
            title_style="bold",
        )
        # A column per library: that is side by side, and fits a narrow terminal.
        heading, *facts = side_by_side.COLUMNS
        columns = [side_by_side.cells(side) for side in pairing.sides]
        table.add_column(heading, style="dim", no_wrap=True)
        for name, *_ in columns:
            table.add_column(name, ratio=1, overflow="fold")
        for number, fact in enumerate(facts, start=1):
            table.add_row(fact, *(Text(column[number]) for column in columns))
        console.print(table)
        for text in side_by_side.remarks(pairing):
            console.print(Text(f"  {text}", style="dim"))
        console.print()
    for problem in report.problems:
        console.print(Text(problem, style="red"))
    console.print(Text(side_by_side.LEGEND, style="dim"))
