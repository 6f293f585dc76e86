"""Runs jobs that depend on one another, so many at a time that all cores stay busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """Something to do once all that it ``needs`` is done; large ``priority`` goes first.

    ``needs`` are keys of other jobs. ``run`` occupies one slot until it returns.
    """

    key: str
    run: Callable[[], None]
    needs: frozenset[str] = frozenset()
    priority: float = 0.0


def run_jobs(jobs: Iterable[Job], slots: int) -> None:
    """Run all jobs in threads, at most ``slots`` at once.

    The first exception of a job stops the starting of others and is raised here, once those that
    run have ended.
    """
    queue = _Queue(jobs)
    threads = [threading.Thread(target=queue.work, daemon=True) for _ in range(max(slots, 1))]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            # A join without timeout would keep Ctrl-C waiting on some platforms.
            while thread.is_alive():
                thread.join(0.2)
    except BaseException:
        queue.stop()
        raise
    if queue.failure is not None:
        raise queue.failure


class _Queue:
    def __init__(self, jobs: Iterable[Job]) -> None:
        self._waiting = sorted(jobs, key=lambda job: -job.priority)
        self._done: set[str] = set()
        self._running = 0
        self._changed = threading.Condition()
        self.failure: BaseException | None = None
        known = {job.key for job in self._waiting}
        for job in self._waiting:
            if not job.needs <= known:
                raise ValueError(f"{job.key} waits for {sorted(job.needs - known)}")

    def stop(self) -> None:
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def work(self) -> None:
        while (job := self._next()) is not None:
            failure: BaseException | None = None
            try:
                job.run()
            except BaseException as problem:
                failure = problem
            with self._changed:
                self._running -= 1
                self._done.add(job.key)
                if failure is not None and self.failure is None:
                    self.failure = failure
                    self._waiting.clear()
                self._changed.notify_all()

    def _next(self) -> Job | None:
        """The most urgent job that can run; waits for one, ``None`` if none will come."""
        with self._changed:
            while self._waiting:
                for job in self._waiting:
                    if job.needs <= self._done:
                        self._waiting.remove(job)
                        self._running += 1
                        return job
                if not self._running:
                    self.failure = RuntimeError("jobs wait for one another in a circle")
                    self._waiting.clear()
                    break
                self._changed.wait()
            return None
