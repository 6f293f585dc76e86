"""The parent's side of the workers: one subprocess per backend, and what became of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multiact_compare.plan import Case, Mode, TierName
from multiact_compare.results import BackendState

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


@dataclass
class Outcome:
    """What a worker did: how it ended, and the errors of single results, by file."""

    state: BackendState
    done: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)


class Workers:
    """Starts workers, listens to them, and can end all that run."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self,
        backend: str,
        cases: Iterable[Case],
        dtypes: Iterable[str],
        modes: Iterable[Mode],
        tier: TierName,
        thorough: bool,
        heard: Callable[[Mapping[str, Any]], None],
        probes: Iterable[Mapping[str, Any]] = (),
    ) -> Outcome:
        """Run one backend's worker to its end; ``heard`` is called with everything it says.

        ``probes`` are calls to try beside the measurements, see
        :mod:`multiact_compare.natives.probing`.
        """
        outputs = self._directory / "outputs" / backend
        outputs.mkdir(parents=True)
        job = {
            "backend": backend,
            "inputs": str(self._directory / "inputs"),
            "outputs": str(outputs),
            "cases": [
                {
                    "key": case.key,
                    "function": case.function,
                    "kind": case.kind,
                    "params": dict(case.params),
                    "kinks": list(case.kinks),
                    "calls": dict(case.calls),
                }
                for case in cases
            ],
            "dtypes": list(dtypes),
            "modes": list(modes),
            "tier": tier,
            "thorough": thorough,
            "probes": list(probes),
        }
        job_file = self._directory / f"{backend}.json"
        job_file.write_text(json.dumps(job), encoding="utf-8")
        log = self._directory / f"{backend}.log"
        outcome = Outcome(BackendState(backend, "died"))
        started = time.monotonic()
        last: Mapping[str, Any] = {}
        with log.open("wb") as errors, self._started(job_file, errors) as process:
            assert process.stdout is not None
            for line in process.stdout:
                try:
                    last = json.loads(line)
                except json.JSONDecodeError:
                    # The worker was killed in the middle of a word.
                    break
                if last["event"] == "ready":
                    ready = last
                    outcome.state = BackendState(
                        backend, "died", "", ready["versions"], ready["notes"]
                    )
                elif last["event"] == "done":
                    outcome.done.add(last["file"])
                    if last["error"] is not None:
                        outcome.errors[last["file"]] = last["error"]
                heard(last)
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        status, reason = _ending(last, code, log)
        outcome.state = BackendState(
            name=backend,
            status=status,
            reason=reason,
            versions=outcome.state.versions,
            notes=outcome.state.notes,
            seconds=round(time.monotonic() - started, 1),
        )
        return outcome

    def close(self) -> None:
        """End every worker that still runs, and let no other start."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
            # What they were writing must not appear after the folder is gone.
            for process in self._running:
                process.wait()

    def _started(self, job_file: Path, errors: Any) -> subprocess.Popen[str]:
        flags = f"{os.environ.get('XLA_FLAGS', '')} {XLA_SINGLE_THREAD}".strip()
        # The worker must find what this process finds, however it was told to.
        path = os.pathsep.join(entry for entry in sys.path if entry)
        with self._lock:
            if self._closed:
                raise RuntimeError("the run was cancelled")
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "multiact_compare.worker", str(job_file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                env={**os.environ, **SINGLE_THREAD, "XLA_FLAGS": flags, "PYTHONPATH": path},
            )
            self._running.add(process)
        return process


def _ending(last: Mapping[str, Any], code: int, log: Path) -> tuple[Any, str]:
    """Status and reason, from the last thing a worker said and its exit code."""
    event = last.get("event")
    if event == "end" and code == 0:
        return "ok", ""
    if event == "missing":
        return "missing", "not installed"
    if event == "broken":
        return "died", f"failed to import: {last['reason']}"
    how = f"exit status {code}"
    if code < 0:
        how = f"signal {-code} ({signal.Signals(-code).name})"
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    tail = " / ".join(line.strip() for line in text.splitlines()[-TAIL_LINES:])
    return "died", f"died with {how}: {tail or 'nothing on standard error'}"
