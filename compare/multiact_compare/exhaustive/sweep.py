"""A sweep: workers by backend, a checkpoint every few seconds, and a report in the end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import multiact
import multiact_compare
from multiact_compare.environment import available_cores, environment
from multiact_compare.exhaustive import check, checkpoint
from multiact_compare.exhaustive.board import Board, Portion
from multiact_compare.exhaustive.checkpoint import CheckpointError, LineState, State
from multiact_compare.exhaustive.pool import Pool, Worker, WorkerDiedError
from multiact_compare.exhaustive.report import Report, report_of
from multiact_compare.exhaustive.request import Request
from multiact_compare.exhaustive.tally import Tally
from multiact_compare.plan import Case

SAVE_SECONDS = 15.0
"""How often the checkpoint is written. Work in progress takes a few seconds more at most."""

PACKAGES: Mapping[str, Sequence[str]] = {
    "numpy": ("numpy", "ml_dtypes"),
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "jax": ("jax", "jaxlib"),
    "array_api": ("array-api-compat", "array-api-strict"),
}
"""Whose versions decide what a backend computes."""


class Watcher(Protocol):
    """Who wants to know how far the sweep is."""

    def say(self, text: str) -> None:
        """Something worth a line of its own."""

    def start(self, total: int, done: int) -> None:
        """The number of inputs, and how many are done already."""

    def advance(self, inputs: int, seconds_left: float | None, activity: str) -> None:
        """Some more are done; called from several threads."""


def identity(request: Request) -> dict[str, Any]:
    """All that must be the same for two runs to be parts of one sweep."""
    start, stop = request.keys()
    used = [*PACKAGES["numpy"], "python-flint"]
    used += [package for name in request.backends for package in PACKAGES[name]]
    folders = [Path(multiact.__file__).parent, Path(multiact_compare.__file__).parent]
    # The backends are packages beside one another.
    folders += [
        folder for name in request.backends if (folder := _folder(f"multiact_{name}")) is not None
    ]
    return {
        "functions": [f"{case.function}({case.label})" for case in request.cases()],
        "backends": list(request.backends),
        "dtype": request.dtype_name,
        "tier": request.tier_name,
        "quantities": list(request.quantities),
        "range": f"keys {start} to {stop}",
        "processor": environment()["machine"].rpartition(",")[0],
        **{f"version of {package}": _version(package) for package in dict.fromkeys(used)},
        "version of multiact": multiact.__version__,
        "multiact's sources": checkpoint.sources_digest([str(folder) for folder in folders]),
    }


def default_checkpoint(request: Request) -> Path:
    """A file in the current folder whose name belongs to what is asked for, not to versions."""
    what = {
        name: value
        for name, value in identity(request).items()
        if not name.startswith(("version", "multiact", "processor"))
    }
    digest = checkpoint.digest(json.dumps(what, sort_keys=True))[:8]
    return Path(f"multiact-{request.dtype_name}-{digest}.checkpoint")


def run(
    request: Request, file: Path, watcher: Watcher, save_seconds: float = SAVE_SECONDS
) -> Report:
    """Sweep over everything in the request, from where ``file`` says that it was left.

    Raises
    ------
    CheckpointError
        The file belongs to something else, or cannot be written.
    OracleError
        float64 does not compute here as exactly as the oracle relies on.
    """
    return _Sweep(request, file, watcher, save_seconds).report()


@dataclass(frozen=True)
class _Line:
    case: Case
    backend: str

    @property
    def name(self) -> str:
        return f"{self.backend}/{self.case.key}"


class _Sweep:
    def __init__(self, request: Request, file: Path, watcher: Watcher, save_seconds: float) -> None:
        self._request, self._file, self._watcher = request, file, watcher
        self._save_seconds = save_seconds
        self._identity = identity(request)
        self._cases = request.cases()
        self._lines = {
            backend: [_Line(case, backend) for case in self._cases]
            for backend in request.measurable()
        }
        self._every = {line.name: line for lines in self._lines.values() for line in lines}
        self._pool = Pool()
        self._broken: list[BaseException] = []
        self._threads: list[threading.Thread] = []
        self._started, self._before = time.monotonic(), 0.0

    def report(self) -> Report:
        request, keys = self._request, self._request.keys()
        state = self._state(keys)
        self._before = state.seconds
        if request.dtype.width > 16:
            self._check(keys)
        board = Board(state)
        try:
            for backend in self._lines:
                self._sweep(backend, board)
                if self._broken:
                    raise self._broken[0]
                self._save(board)
        except BaseException as problem:
            self._pool.kill()
            for thread in self._threads:
                thread.join(5.0)
            if not isinstance(problem, CheckpointError):
                self._save(board)
            raise
        return report_of(request, self._cases, board.snapshot(self._seconds()), environment())

    def _seconds(self) -> float:
        """What this run and those before it took."""
        return round(self._before + time.monotonic() - self._started, 1)

    def _state(self, keys: tuple[int, int]) -> State:
        if self._file.exists():
            state = checkpoint.load(self._file, self._identity)
            # What was missing or died then is tried again.
            state.backends = {
                name: facts for name, facts in state.backends.items() if facts["status"] == "ok"
            }
            done = self._done(state)
            share = done / max(len(self._every) * (keys[1] - keys[0]), 1)
            self._watcher.say(f"{self._file}: {share:.1%} is done already, going on from there")
        else:
            state = State({})
            done = 0
        for name in self._every:
            fresh = {quantity: Tally() for quantity in self._request.quantities}
            state.lines.setdefault(name, LineState([keys], fresh))
        # A full disk or a wrong folder is found out before the work.
        checkpoint.save(self._file, self._identity, state)
        self._watcher.start(len(self._every) * (keys[1] - keys[0]), done)
        return state

    def _done(self, state: State) -> int:
        start, stop = self._request.keys()
        return sum(stop - start - line.remaining for line in state.lines.values())

    def _check(self, keys: tuple[int, int]) -> None:
        points, worst = 0, 0.0
        for case in self._cases:
            count, share = check.check(case, self._request.dtype, self._request.quantities, keys)
            points, worst = points + count, max(worst, share)
        self._watcher.say(
            f"float64 references checked against arb at {points:,} points: "
            f"at most {worst:.0%} of their error bounds"
        )

    # Workers

    def _sweep(self, backend: str, board: Board) -> None:
        """All lines of a backend, by as many workers as there are slots."""
        slots = self._request.jobs or available_cores()
        threads = [
            threading.Thread(target=self._guarded, args=(backend, board), daemon=True)
            for _ in range(slots)
        ]
        self._threads = threads
        saved = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(0.05)
            if time.monotonic() - saved >= self._save_seconds:
                self._save(board)
                saved = time.monotonic()

    def _guarded(self, backend: str, board: Board) -> None:
        """A defect of this package ends the sweep, whichever thread it is in."""
        try:
            self._work(backend, board)
        except BaseException as problem:
            self._broken.append(problem)
            self._pool.kill()

    def _work(self, backend: str, board: Board) -> None:
        names = [line.name for line in self._lines[backend]]
        worker, portion = None, None
        try:
            while not self._over(board, backend) and (portion := board.take(names)) is not None:
                if worker is None:
                    worker = self._pool.start()
                    if worker is None or not self._ready(worker, backend, board):
                        board.give_back(portion)
                        return
                key = self._every[portion.line].case.key
                answer = worker.ask({"case": key, "start": portion.start, "stop": portion.stop})
                self._enter(portion, answer, board)
        except WorkerDiedError as death:
            if portion is not None:
                board.give_back(portion)
            if not self._pool.closed:
                board.note(backend, {"status": "died", "reason": str(death)})
        finally:
            if worker is not None:
                self._pool.ended(worker)

    def _over(self, board: Board, backend: str) -> bool:
        return self._pool.closed or board.status(backend) in ("died", "missing")

    def _ready(self, worker: Worker, backend: str, board: Board) -> bool:
        """Give a new worker its job; whether it can do it."""
        request = self._request
        start, stop = request.keys()
        answer = worker.ask(
            {
                "backend": backend,
                "dtype": request.dtype_name,
                "tier": request.tier_name,
                "quantities": list(request.quantities),
                "start": start,
                "stop": stop,
                "cases": [
                    {
                        "key": case.key,
                        "function": case.function,
                        "kind": case.kind,
                        "params": dict(case.params),
                        "kinks": list(case.kinks),
                    }
                    for case in self._cases
                ],
            }
        )
        if answer["event"] == "ready":
            facts = {"versions": answer["versions"], "notes": answer["notes"]}
            board.note(backend, {"status": "ok", "reason": "", **facts})
            return True
        missing = answer["event"] == "missing"
        reason = "not installed" if missing else f"failed to import: {answer['reason']}"
        board.note(backend, {"status": "missing" if missing else "died", "reason": reason})
        return False

    def _enter(self, portion: Portion, answer: Mapping[str, Any], board: Board) -> None:
        line = self._every[portion.line]
        if answer["event"] == "error":
            board.fail(portion, answer["reason"])
            return
        inputs = board.enter(portion, answer)
        seconds = board.seconds_left(list(self._every))
        slots = self._request.jobs or available_cores()
        left = None if seconds is None else seconds / slots
        self._watcher.advance(inputs, left, f"{line.backend} · {line.case.function}")

    def _save(self, board: Board) -> None:
        checkpoint.save(self._file, self._identity, board.snapshot(self._seconds()))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _folder(package: str) -> Path | None:
    """Where an import package lies, without importing it."""
    spec = find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent
