"""How far a run is, on standard error: a live bar, or plain lines where there is no terminal."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

PLAIN_SECONDS = 10.0
"""How often a plain line appears."""


class Bar:
    """A live progress bar; falls back to a line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self._bar = RichProgress(
            TextColumn("measuring"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", style="dim"),
            console=console,
            transient=True,
            disable=not self._live,
        )
        self._task = self._bar.add_task("", total=None)
        self._lock = threading.Lock()
        self._total = 0
        self._done = 0
        self._started = self._said = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def start(self, total: int) -> None:
        """The number of steps is known."""
        self._total = total
        self._bar.update(self._task, total=total)
        if not self._live:
            self._say(f"measuring: {total} steps")

    def advance(self, steps: int, activity: str) -> None:
        """Some steps are done; called from several threads."""
        with self._lock:
            self._done += steps
            self._bar.update(self._task, advance=steps, description=activity)
            now = time.monotonic()
            if not self._live and (now - self._said >= PLAIN_SECONDS or self._done == self._total):
                self._said = now
                share = self._done / max(self._total, 1)
                self._say(f"{share:4.0%} after {now - self._started:.0f} s: {activity}")

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)
