"""Which keys of which line are left, in work or done: shared by the threads of a sweep."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from multiact_compare.exhaustive.checkpoint import Interval, LineState, State
from multiact_compare.exhaustive.tally import Tally

PORTION = 1 << 24
"""Keys that are given out at once; a worker hands back what it does not finish in time."""


class Portion(NamedTuple):
    """Some keys of a line."""

    line: str
    start: int
    stop: int


class Board:
    """Hands out portions and enters results."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._flying: set[Portion] = set()

    def take(self, lines: Sequence[str]) -> Portion | None:
        """The next portion of these lines, or ``None`` if all is done or in work."""
        with self._lock:
            for name in lines:
                line = self._state.lines[name]
                if line.remaining:
                    start, stop = line.left.pop(0)
                    # Cut at multiples, so that portions are the same in every run.
                    cut = min(stop, (start // PORTION + 1) * PORTION)
                    if cut < stop:
                        line.left.insert(0, (cut, stop))
                    portion = Portion(name, start, cut)
                    self._flying.add(portion)
                    return portion
            return None

    def enter(self, portion: Portion, answer: Mapping[str, Any]) -> int:
        """Count what a worker found; returns how many inputs it did."""
        with self._lock:
            self._flying.discard(portion)
            line = self._state.lines[portion.line]
            reached = int(answer["reached"])
            line.seconds += float(answer["seconds"])
            for quantity, data in answer["tallies"].items():
                line.tallies[quantity].add(Tally.from_data(data))
            if reached < portion.stop:
                line.left.insert(0, (reached, portion.stop))
            return reached - portion.start

    def fail(self, portion: Portion, reason: str) -> None:
        """The function raised an exception: the line is over."""
        with self._lock:
            self._give_back(portion)
            self._state.lines[portion.line].error = reason

    def give_back(self, portion: Portion) -> None:
        """The worker died: what it had in work is still to do."""
        with self._lock:
            self._give_back(portion)

    def snapshot(self, seconds: float) -> State:
        """The state after so many seconds, with what is in work as still to do."""
        with self._lock:
            lines = {}
            for name, line in self._state.lines.items():
                flying = [(p.start, p.stop) for p in self._flying if p.line == name]
                copies = {quantity: Tally() for quantity in line.tallies}
                for quantity, tally in line.tallies.items():
                    copies[quantity].add(tally)
                left = merged([*line.left, *flying])
                lines[name] = LineState(left, copies, line.seconds, line.error)
            return State(lines, dict(self._state.backends), seconds)

    def note(self, backend: str, facts: Mapping[str, Any]) -> None:
        """How it goes with a backend."""
        with self._lock:
            self._state.backends.setdefault(backend, {}).update(facts)

    def status(self, backend: str) -> str:
        """The last that is known of a backend."""
        with self._lock:
            return str(self._state.backends.get(backend, {}).get("status", ""))

    def seconds_left(self, lines: Sequence[str]) -> float | None:
        """How long one process would need for the rest; ``None`` while nothing is known."""
        with self._lock:
            chosen = [self._state.lines[name] for name in lines]
            everything = self._state.lines.values()
            rates = {id(line): _rate(line) for line in everything}
            known = [rate for rate in rates.values() if rate is not None]
            if not known:
                return None
            usual = sum(known) / len(known)
            return sum(line.remaining * (rates[id(line)] or usual) for line in chosen)

    def _give_back(self, portion: Portion) -> None:
        self._flying.discard(portion)
        self._state.lines[portion.line].left.insert(0, (portion.start, portion.stop))


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The same keys in as few intervals as possible, in order."""
    found: list[Interval] = []
    for start, stop in sorted(intervals):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def _rate(line: LineState) -> float | None:
    """Seconds per input."""
    done = max((tally.inputs for tally in line.tallies.values()), default=0)
    return line.seconds / done if done else None
