"""Training on the terminal: how far it is, and what came of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from multiact_compare import report as pages
from multiact_compare.progress import PLAIN_SECONDS
from multiact_compare.training import summary
from multiact_compare.training.document import conclusion, heading
from multiact_compare.training.results import Epoch, Experiment, Setup
from multiact_compare.training.tables import digits, percent, tables


class Bars:
    """A live bar for each framework; a line every few seconds where there is no terminal."""

    def __init__(self, setups: Sequence[Setup], console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.fields[framework]}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", style="dim"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._totals: dict[str, int] = {}
        for setup in setups:
            self._totals[setup.framework] = self._totals.get(setup.framework, 0) + setup.epochs
        self._tasks = {
            name: self._progress.add_task("", total=total, framework=name)
            for name, total in self._totals.items()
        }
        self._lock = threading.Lock()
        self._done = 0
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def heard(self, setup: Setup, number: int, epoch: Epoch) -> None:
        """An epoch is done; called from several threads."""
        words = (
            f"{setup.activation}, seed {setup.seed}, epoch {number}: loss {digits(epoch.loss)}, "
            f"accuracy {percent(epoch.accuracy)}"
        )
        with self._lock:
            self._progress.update(self._tasks[setup.framework], advance=1, description=words)
            self._done += 1
            total, now = sum(self._totals.values()), time.monotonic()
            late = now - self._said >= PLAIN_SECONDS or self._done == total
            if not self._console.is_terminal and late:
                self._said = now
                self._console.print(
                    f"{self._done / total:4.0%} {setup.framework}: {words}",
                    highlight=False,
                    markup=False,
                    soft_wrap=True,
                )


def print_experiment(experiment: Experiment, console: Console) -> None:
    """The tables, the failures, and how it went."""
    console.print(Text(heading(experiment), style="bold"))
    # The ranking is what one is after: it comes last, where one looks first.
    for _, title, table in reversed(tables(experiment)):
        console.print()
        console.print(_rich(title, table))
        console.print(Text(table.caption, style="dim"))
    failures = [summary.failure(run) for run in experiment.runs if not summary.complete(run)]
    if failures:
        console.print(Text("\nRuns that failed", style="bold"))
    for text in failures:
        console.print(Text(f"  {text}", style="red"))
    console.print(Text(f"\n{conclusion(experiment)}", style="bold"))


def _rich(title: str, table: pages.Table) -> Table:
    """A report's table for the terminal."""
    drawn = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        title=title,
        title_justify="left",
        title_style="bold",
    )
    first = table.rows[0]
    for name, cell in zip(table.columns, first, strict=True):
        numeric = isinstance(cell, pages.Entry)
        # Names stay whole; what else is too wide takes two lines.
        whole = name in ("activation", "framework")
        justify: Literal["left", "right"] = "right" if numeric else "left"
        drawn.add_column(name, justify=justify, no_wrap=whole, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell if isinstance(cell, str) else cell.text) for cell in row))
    return drawn
