"""How far a sweep is and when it will be done, on standard error."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as RichProgress

PLAIN_SECONDS = 10.0
"""How often a plain line appears."""


class Bar:
    """A live progress bar; where there is no terminal, a line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = console.is_terminal
        self._bar = RichProgress(
            TextColumn("sweeping"),
            BarColumn(bar_width=None),
            TaskProgressColumn("{task.percentage:>5.1f}%"),
            TextColumn("{task.description}", style="dim"),
            console=console,
            transient=True,
            disable=not self._live,
        )
        self._task = self._bar.add_task("", total=None)
        self._lock = threading.Lock()
        self._total = self._done = 0
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

    def say(self, text: str) -> None:
        """A line of its own."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def start(self, total: int, done: int) -> None:
        """The number of inputs, and how many are done already."""
        self._total, self._done = total, done
        self._bar.update(self._task, total=total, completed=done)
        if not self._live:
            self.say(f"sweeping: {total - done:,} inputs")

    def advance(self, inputs: int, seconds_left: float | None, activity: str) -> None:
        """Some more are done; called from several threads."""
        with self._lock:
            self._done += inputs
            left = "" if seconds_left is None else f"about {duration(seconds_left)} left: "
            self._bar.update(self._task, completed=self._done, description=left + activity)
            now = time.monotonic()
            if not self._live and (now - self._said >= PLAIN_SECONDS or self._done == self._total):
                self._said = now
                share = self._done / max(self._total, 1)
                spent = duration(now - self._started)
                self.say(f"{share:6.1%} after {spent}, {left}{activity}")


def duration(seconds: float) -> str:
    """A time as people say it: 42 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
