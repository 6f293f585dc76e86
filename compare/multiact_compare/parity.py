"""The parity run: every function on every backend against the oracle.

Writes the inputs, runs one worker per backend and the oracle side by side, judges what comes back
and collects it in a :class:`~multiact_compare.results.Report`.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import multiact
from multiact_compare import customs, excuses, inputs, judging, oracle, rows
from multiact_compare.deviations import DEVIATIONS, Deviation
from multiact_compare.dtypes import DTYPES
from multiact_compare.environment import available_cores, environment
from multiact_compare.flags import flags
from multiact_compare.oracle import custom
from multiact_compare.plan import (
    BACKENDS,
    MODES,
    PROBED,
    Case,
    Mode,
    TierName,
    cases,
    measurements,
)
from multiact_compare.processes import Outcome, Workers
from multiact_compare.results import Cell, Disagreement, Report
from multiact_compare.scheduler import Job, run_jobs
from multiact_compare.tiers import TIERS, Tier

CHUNK = 60_000
"""Points per oracle job: about half a second, so that the cores stay evenly loaded."""

PATIENCE = 1200.0
"""Seconds without a result after which a worker is given up; the longest step takes a minute."""

WORKER_PRIORITY = {"torch": 103.0, "tensorflow": 102.0, "keras": 102.0, "jax": 101.0}
"""The slowest first, so that none is left over at the end."""


@dataclass(frozen=True)
class Request:
    """What to measure. ``named`` are the backends that the user insists on."""

    functions: Sequence[str]
    backends: Sequence[str] = BACKENDS
    named: frozenset[str] = frozenset()
    dtypes: Sequence[str] = tuple(DTYPES)
    modes: Sequence[Mode] = MODES
    points: int = 0
    jobs: int = 0
    deviations: Sequence[Deviation] = DEVIATIONS
    tier_name: TierName = "default"
    thorough: bool = False
    patience: float = PATIENCE

    @property
    def tier(self) -> Tier:
        """The contract."""
        return TIERS[self.tier_name]

    @property
    def float32_points(self) -> int:
        """How many points float32 gets; the tier's own number unless another is asked for."""
        return self.points or self.tier.points

    @property
    def slots(self) -> int:
        """How many processes may work at once."""
        return self.jobs or available_cores()


class Progress(Protocol):
    """Who wants to know how far the run is."""

    def start(self, total: int) -> None:
        """The number of steps is known."""

    def advance(self, steps: int, activity: str) -> None:
        """Some steps are done; ``activity`` says by what."""


def run(request: Request, progress: Progress) -> Report:
    """Measure everything in the request.

    A backend that is missing, dies or hangs, an exception in a function and a function without a
    definition are parts of the report; only a defect of this package itself raises.
    """
    with tempfile.TemporaryDirectory(prefix="multiact-parity-") as folder:
        return Run(request, progress, Path(folder)).report()


@dataclass
class Run:
    """One run in a folder: its jobs, and what they have found so far."""

    request: Request
    progress: Progress
    directory: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    disagreements: dict[str, Disagreement] = field(default_factory=dict)
    unreferenced: dict[str, str] = field(default_factory=dict)
    probes: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    answers: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def report(self) -> Report:
        started = time.monotonic()
        request = self.request
        points = self.measure()
        cells = [cell for key in sorted(self.cells) for cell in self.cells[key]]
        cells.sort(key=self._order)
        return Report(
            functions=list(request.functions),
            backends=[self.outcomes[name].state for name in request.backends],
            dtypes=list(request.dtypes),
            modes=list(request.modes),
            points=points,
            cells=cells,
            disagreements=[self.disagreements[key] for key in sorted(self.disagreements)],
            problems=[*self._problems(), *excuses.stale(request, cells)],
            remarks=[
                remark
                for name in filter(customs.is_custom, request.functions)
                if (remark := custom.remark(name))
            ],
            environment={**environment(), **flags(request.slots, request.thorough)},
            seconds=round(time.monotonic() - started, 1),
            tier=request.tier_name,
        )

    def planned_cases(self) -> list[Case]:
        """What is measured."""
        known = [name for name in self.request.functions if oracle.knows(name)]
        return cases(customs.records, known, oracle.kinks, few=self._brief, arrays=not self._brief)

    @property
    def _brief(self) -> bool:
        """Whether only so much is measured and computed that a run takes minutes."""
        return self.request.tier_name == "default" and not self.request.thorough

    def measure(self) -> dict[str, int]:
        """Do everything; returns how many points each dtype had."""
        request = self.request
        self.cases = self.planned_cases()
        points = self._write_inputs()
        self.planned = {
            backend: measurements(
                backend,
                self.cases,
                request.dtypes,
                request.modes,
                request.tier_name,
                request.thorough,
            )
            for backend in request.backends
        }
        jobs = list(self._jobs())
        steps = sum(map(len, self.planned.values())) - len(self.planned)
        self.progress.start(len(jobs) + steps)
        self.workers = Workers(self.directory, request.patience)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=request.slots, mp_context=context) as self.pool:
            try:
                run_jobs(jobs, request.slots)
            except BaseException:
                self.workers.close()
                self.pool.shutdown(wait=False, cancel_futures=True)
                raise
        return points

    # Inputs

    def _write_inputs(self) -> dict[str, int]:
        for name in ("inputs", "references", "outputs"):
            (self.directory / name).mkdir()
        folder = self.directory / "inputs"
        # The same points whatever was asked for: the kinks of the whole catalogue.
        catalogue = filter(oracle.knows, multiact.records)
        everywhere = cases(multiact.records, catalogue, oracle.kinks)
        kinks = sorted({kink for case in (*everywhere, *self.cases) for kink in case.kinks})
        counts = {}
        for name in self.request.dtypes:
            dtype = DTYPES[name]
            bits = inputs.points(dtype, inputs.count(dtype, self.request.float32_points), kinks)
            for stem, chosen in ((name, bits), (f"{name}.few", inputs.few(dtype, bits, kinks))):
                np.save(folder / f"{stem}.points.npy", chosen)
                np.save(folder / f"{stem}.short.npy", inputs.short_selection(dtype, chosen, kinks))
            counts[name] = int(bits.size)
            shapes = {case.shape.key: case.shape for case in self.cases if case.kind == "rowwise"}
            for key, shape in shapes.items():
                for length, block in zip(rows.LENGTHS, rows.blocks(dtype, shape), strict=True):
                    parts = (block.values, block.cotangents, block.directions)
                    encoded = np.concatenate([dtype.encode(part) for part in parts], axis=1)
                    np.save(folder / f"{name}.rows-{key}.{length}.npy", encoded)
        self.distinct = {stem: self._write_values(folder, stem) for stem in ("", ".few")}
        for case in self.cases:
            if case.kind == "elementwise" and not case.twin:
                np.lib.format.open_memmap(
                    self.directory / f"references/{case.key}.npy",
                    mode="w+",
                    dtype=np.float64,
                    shape=(6, self.distinct[case.inputs("")]),
                )
        return counts

    def _write_values(self, folder: Path, stem: str) -> int:
        """The distinct values of all points, or of the few; returns their number."""
        decoded = {
            name: DTYPES[name].decode(np.load(folder / f"{name}{stem}.points.npy"))
            for name in self.request.dtypes
        }
        values = inputs.distinct_values(decoded.values())
        np.save(folder / f"values{stem}.npy", values)
        for name, x in decoded.items():
            np.save(folder / f"{name}{stem}.index.npy", np.searchsorted(values, x[np.isfinite(x)]))
        tier = self.request.tier
        often = inputs.TWICE if "second" in tier.quantities else inputs.ONCE
        asked = np.full(values.size, often, np.uint8)
        if self._brief:
            reach = max(tier.reach.values())
            asked = inputs.asked(values, reach, decoded.get(PROBED, values[:0]))
        np.save(folder / f"asked{stem}.npy", asked)
        return int(values.size)

    # Jobs

    def _jobs(self) -> Iterator[Job]:
        referenced: dict[str, frozenset[str]] = {}
        for case in self.cases:
            jobs = [] if case.twin else list(self._oracle_jobs(case))
            referenced.setdefault(case.reference, frozenset(job.key for job in jobs))
            yield from jobs
        for backend in self.request.backends:
            priority = WORKER_PRIORITY.get(backend, 100.0)
            yield Job(f"worker {backend}", self._worker(backend), priority=priority)
        workers = frozenset(f"worker {backend}" for backend in self.request.backends)
        for case in self.cases:
            key, needs = f"judge {case.key}", referenced[case.reference] | workers
            yield Job(key, self._judge(key, case), needs, priority=90.0)
            for dtype in self.request.dtypes:
                key = f"compare {case.key} {dtype}"
                run = self._compare(key, case, dtype)
                yield Job(key, run, needs, priority=80.0)

    def _oracle_jobs(self, case: Case) -> Iterator[Job]:
        if case.kind == "rowwise":
            for dtype in self.request.dtypes:
                yield Job(
                    f"oracle {case.key} {dtype}",
                    self._reference(case, judging.compute_row_references, dtype),
                )
            return
        distinct = self.distinct[case.inputs("")]
        for start in range(0, distinct, CHUNK):
            stop = min(start + CHUNK, distinct)
            yield Job(
                f"oracle {case.key} {start}",
                self._reference(case, judging.compute_references, start, stop),
            )

    def _reference(
        self, case: Case, compute: Callable[..., None], *which: Any
    ) -> Callable[[], None]:
        def run() -> None:
            try:
                self.pool.submit(compute, self.directory, case, *which).result()
            except (ArithmeticError, TypeError, ValueError) as error:
                self.unreferenced[case.key] = f"{type(error).__name__}: {error}"
            self.progress.advance(1, f"oracle · {case.function}")

        return run

    def _worker(self, backend: str) -> Callable[[], None]:
        planned = self.planned[backend]
        named = {measurement.file: measurement for measurement in planned}

        def heard(event: Mapping[str, Any]) -> None:
            if event["event"] == "done":
                measurement = named[event["file"]]
                mode = measurement.variant.mode
                text = f"{backend} · {mode} {measurement.dtype} {measurement.case.function}"
                self.progress.advance(1, text)
            elif event["event"] == "probe":
                self.answers[backend, event["key"]] = event["answer"]

        def run() -> None:
            self.progress.advance(0, f"{backend} · starting")
            outcome = self.workers.run(
                backend,
                self.cases,
                self.request.dtypes,
                self.request.modes,
                self.request.tier_name,
                self.request.thorough,
                heard,
                self.probes.get(backend, ()),
            )
            self.outcomes[backend] = outcome
            self.progress.advance(len(planned) - len(outcome.done), f"{backend} · over")

        return run

    def _judge(self, key: str, case: Case) -> Callable[[], None]:
        def run() -> None:
            done = {
                backend: [
                    measurement
                    for measurement in self.planned[backend]
                    if measurement.case.key == case.key
                    and measurement.file in self.outcomes[backend].done
                ]
                for backend in self.request.backends
            }
            if any(done.values()) and case.reference not in self.unreferenced:
                errors = {
                    backend: {m.file: said[m.file] for m in mine if m.file in said}
                    for backend, mine in done.items()
                    for said in (self.outcomes[backend].errors,)
                }
                self.cells[key] = self.pool.submit(
                    judging.judge,
                    self.directory,
                    case,
                    done,
                    errors,
                    excuses.of_run(self.request),
                    self.request.tier_name,
                ).result()
            self.progress.advance(1, f"judging · {case.function}")

        return run

    def _compare(self, key: str, case: Case, dtype: str) -> Callable[[], None]:
        def run() -> None:
            if case.reference not in self.unreferenced and "eager" in self.request.modes:
                found = self.pool.submit(
                    judging.compare,
                    self.directory,
                    case,
                    dtype,
                    self.request.tier.quantities,
                    self.request.backends,
                    self.request.tier_name,
                ).result()
                for number, one in enumerate(found):
                    self.disagreements[f"{key} {number}"] = one
            self.progress.advance(1, f"comparing · {case.function}")

        return run

    # Conclusions

    def _order(self, cell: Cell) -> tuple[int, ...]:
        request = self.request
        return (request.functions.index(cell.function), request.backends.index(cell.backend))

    def _problems(self) -> Iterator[str]:
        for name in self.request.functions:
            if not oracle.knows(name):
                yield f"{name}: the oracle has no definition of it"
        for case in self.cases:
            if case.key in self.unreferenced:
                reason = self.unreferenced[case.key]
                yield f"{case.function}({case.label}): no reference: {reason}"
        for name in filter(customs.is_custom, self.request.functions):
            yield from custom.contradictions(name)
        states = [self.outcomes[name].state for name in self.request.backends]
        for state in states:
            if state.status == "died":
                yield f"{state.name}: {state.reason}"
            elif state.status == "missing" and state.name in self.request.named:
                yield f"{state.name}: not installed, and it was asked for"
        if not any(self.cells.values()):
            yield "nothing was measured"
