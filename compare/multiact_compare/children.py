"""The parent's side of a child process: started, listened to, and ended.

The worker's side is :mod:`multiact_compare.channel`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from multiact_compare.results import Status

TAIL_LINES = 3
"""How much of a dead worker's standard error the report quotes."""

# Two workers run side by side on two cores: one thread each. The flags are XLA's way to say it.
SINGLE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
}
XLA_SINGLE_THREAD = "--xla_cpu_multi_thread_eigen=false"


class Children:
    """Runs modules of this package as processes, and can end all that run."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self,
        module: str,
        job: Path,
        log: Path,
        heard: Callable[[Mapping[str, Any]], None],
        patience: float | None = None,
    ) -> tuple[Status, str]:
        """Run ``python -m module job`` to its end; ``heard`` is called with everything it says.

        Standard error goes to ``log``. A worker that says nothing for ``patience`` seconds is
        killed. Returns how the worker ended, and if it did not end well, why.
        """
        last: Mapping[str, Any] = {}
        with log.open("wb") as errors, self._started(module, job, errors) as process:
            assert process.stdout is not None
            with _Watch(process, patience) as watch:
                for line in process.stdout:
                    try:
                        last = json.loads(line)
                    except json.JSONDecodeError:
                        # The worker was killed in the middle of a word.
                        break
                    heard(last)
                    watch.heard()
                code = process.wait()
        with self._lock:
            self._running.discard(process)
        if watch.gave_up:
            return "died", how_it_hung(patience, last)
        return _ending(last, code, log)

    def close(self) -> None:
        """End every worker that still runs, and let no other start."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
            # What they were writing must not appear after the folder is gone.
            for process in self._running:
                process.wait()

    def _started(self, module: str, job: Path, errors: Any) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the run was cancelled")
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(job)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                env=surroundings(),
            )
            self._running.add(process)
        return process


class _Watch:
    """Kills a process that has said nothing for so many seconds, ``None`` for ever."""

    def __init__(self, process: subprocess.Popen[str], patience: float | None) -> None:
        self._process = process
        self._over = threading.Event()
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._wait, args=(patience,), daemon=True)
        self.gave_up = False

    def heard(self) -> None:
        """The process said something."""
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _wait(self, patience: float | None) -> None:
        left = patience
        while not self._over.wait(left):
            assert patience is not None
            left = self._last + patience - time.monotonic()
            if left <= 0:
                self.gave_up = True
                self._process.kill()
                return


def surroundings() -> dict[str, str]:
    """The environment variables of a worker: one thread, and what this process finds."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} {XLA_SINGLE_THREAD}".strip()
    # The worker must find what this process finds, however it was told to.
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**os.environ, **SINGLE_THREAD, "XLA_FLAGS": flags, "PYTHONPATH": path}


def how_it_died(code: int, said: str) -> str:
    """Exit status or signal, and the end of what was ``said`` on standard error."""
    how = f"exit status {code}"
    if code < 0:
        how = f"signal {-code} ({signal.Signals(-code).name})"
    tail = " / ".join(line.strip() for line in said.strip().splitlines()[-TAIL_LINES:])
    return f"died with {how}: {tail or 'nothing on standard error'}"


def how_it_hung(patience: float | None, last: Mapping[str, Any]) -> str:
    """How long it was silent, and the ``last`` that it had said."""
    said = last.get("file", last.get("event"))
    after = f"after {said}" if said else "from the start"
    return f"hung: it finished nothing for {patience:g} s {after}, and was ended"


def _ending(last: Mapping[str, Any], code: int, log: Path) -> tuple[Status, str]:
    """Status and reason, from the last thing a worker said and its exit code."""
    event = last.get("event")
    if event == "end" and code == 0:
        return "ok", ""
    if event == "missing":
        return "missing", "not installed"
    if event == "broken":
        return "died", f"failed to import: {last['reason']}"
    return "died", how_it_died(code, log.read_text(encoding="utf-8", errors="replace"))
