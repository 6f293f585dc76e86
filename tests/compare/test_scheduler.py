"""Jobs run once, after what they need, and failures stop the rest."""

from __future__ import annotations

import threading
import time

import pytest
from multiact_compare.scheduler import Job, run_jobs


def test_order_follows_needs_and_priority() -> None:
    seen: list[str] = []
    jobs = [
        Job("last", lambda: seen.append("last"), frozenset({"low", "high"}), priority=9),
        Job("low", lambda: seen.append("low"), priority=1),
        Job("high", lambda: seen.append("high"), priority=2),
    ]
    run_jobs(jobs, slots=1)
    assert seen == ["high", "low", "last"]


def test_slots_bound_what_runs_at_once() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    run_jobs([Job(str(i), work) for i in range(8)], slots=3)
    assert most == 3


def test_the_first_failure_is_raised_and_stops_the_rest() -> None:
    seen: list[str] = []

    def fail() -> None:
        raise RuntimeError("broken")

    jobs = [
        Job("bad", fail, priority=2),
        Job("next", lambda: seen.append("next"), frozenset({"bad"})),
    ]
    with pytest.raises(RuntimeError, match="broken"):
        run_jobs(jobs, slots=2)
    assert seen == []


def test_impossible_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        run_jobs([Job("a", lambda: None, frozenset({"nowhere"}))], slots=1)
    circle = [
        Job("a", lambda: None, frozenset({"b"})),
        Job("b", lambda: None, frozenset({"a"})),
    ]
    with pytest.raises(RuntimeError, match="circle"):
        run_jobs(circle, slots=2)
