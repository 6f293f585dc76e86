"""The parent's side of a sweep's workers: start them, talk to them, end them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any

from multiact_compare.children import how_it_died, surroundings


class WorkerDiedError(Exception):
    """A worker ended before its work did."""


class Worker:
    """One subprocess, which is asked one thing at a time."""

    def __init__(self, process: subprocess.Popen[str], log: IO[bytes]) -> None:
        self._process = process
        self._log = log

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Send a line and wait for the answer.

        Raises
        ------
        WorkerDiedError
            There is none.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            raise WorkerDiedError(self._ending()) from None
        return answer

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> None:
        """Let it end, and wait for that."""
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except OSError:
                continue
        self._process.wait()
        self._log.close()

    def _ending(self) -> str:
        code = self._process.wait()
        self._log.seek(0)
        return how_it_died(code, self._log.read().decode(errors="replace"))


class Pool:
    """Starts workers and can end all that run."""

    def __init__(self) -> None:
        self._running: set[Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> Worker | None:
        """A new worker, or ``None`` once the pool is closed."""
        with self._lock:
            if self._closed:
                return None
            # What it says on standard error is read after its end.
            log = tempfile.TemporaryFile()  # noqa: SIM115
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "multiact_compare.exhaustive.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env=surroundings(),
            )
            worker = Worker(process, log)
            self._running.add(worker)
            return worker

    def ended(self, worker: Worker) -> None:
        """A worker has no more to do."""
        worker.close()
        with self._lock:
            self._running.discard(worker)

    @property
    def closed(self) -> bool:
        """Whether all were told to end."""
        return self._closed

    def kill(self) -> None:
        """End every worker at once, and let no other start."""
        with self._lock:
            self._closed = True
            for worker in self._running:
                worker.kill()
