"""The run of ``multiact natives``: parity's run over the frameworks' own calls, and what it finds.

A :class:`Request` of parity's says what to measure; its backends are libraries here.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import multiact
from multiact_compare import oracle
from multiact_compare.environment import environment
from multiact_compare.natives import findings
from multiact_compare.natives.call import InexpressibleError, Library, NativeCall
from multiact_compare.natives.findings import Apart, Findings
from multiact_compare.natives.table import NATIVES
from multiact_compare.parity import Progress, Request, Run
from multiact_compare.plan import Case
from multiact_compare.results import BackendState, Cell

SPECIAL_ROWS: Mapping[str, tuple[float, ...]] = {
    "[inf, 0]": (float("inf"), 0.0),
    "[nan, 0]": (float("nan"), 0.0),
    "[-inf, -inf]": (float("-inf"), float("-inf")),
    "[-inf, 0]": (float("-inf"), 0.0),
    "[1, 0.9]": (1.0, 0.9),
}
"""What is asked of functions of rows beside the measured ones."""

PROBED_DTYPES = ("int32", "int64", "bool", "complex64", "float16", "bfloat16", "float64")
"""The dtypes whose acceptance is asked for."""

PROBED_VALUES = (0.0, 1.0, 0.0, 1.0)

USUAL_POINTS = tuple(index / 8 for index in range(-48, 49))
"""Where calls with the libraries' own defaults are compared with multiact's defaults."""


CUBE = [[[0.5, -1.0, 2.0], [3.0, 3.5, -7.0]], [[-2.0, 0.75, 0.0], [1.0, -0.25, 4.0]]]
"""Three dimensions, on which an axis that is guessed shows."""


@dataclass(frozen=True)
class NativesReport:
    """What a run of ``multiact natives`` found out.

    ``calls`` is what was measured: function and parameters -> library -> call. ``answers`` are
    those to probes: library -> what was asked -> dtype and values, or an error.
    """

    functions: list[str]
    backends: list[BackendState]
    dtypes: list[str]
    modes: list[str]
    points: Mapping[str, int]
    calls: Mapping[str, Mapping[str, str]]
    cells: list[Cell]
    findings: Findings
    apart: list[Apart]
    answers: Mapping[str, Mapping[str, Mapping[str, Any]]]
    problems: list[str]
    environment: Mapping[str, str]
    seconds: float
    schema_version: int = 1


def run(request: Request, progress: Progress) -> NativesReport:
    """Measure the native calls of the request's functions in its libraries."""
    request = replace(request, tier_name="native", deviations=())
    with tempfile.TemporaryDirectory(prefix="multiact-natives-") as folder:
        return NativeRun(request, progress, Path(folder)).native_report()


def first_rows(function: str) -> dict[Library, NativeCall]:
    """The row of each library that is measured: its first that is no layer."""
    found: dict[Library, NativeCall] = {}
    for row in NATIVES:
        if row.function == function and not row.layer:
            found.setdefault(row.library, row)
    return found


def case_of(index: int, function: str, params: Mapping[str, Any], calls: Mapping[str, str]) -> Case:
    """A case of the truth for some native calls."""
    record, kinks = multiact.records[function], oracle.kinks(function, params)
    return Case(f"{function}-{index}", function, record.kind, dict(params), kinks, dict(calls))


def measured_cases(functions: Sequence[str], libraries: Sequence[str]) -> list[Case]:
    """A function's first case, and the others that choose a formula, in all libraries that can."""
    found = []
    for name in functions:
        record = multiact.records[name]
        for index, params in enumerate(record.cases):
            calls: dict[str, str] = {}
            if index and not any(isinstance(value, str) for value in params.values()):
                continue
            for library, row in first_rows(name).items():
                if library in libraries:
                    try:
                        calls[library] = row.write(params)
                    except InexpressibleError:
                        continue
            if calls and oracle.knows(name):
                found.append(case_of(index, name, params, calls))
    return found


@dataclass
class NativeRun(Run):
    """Parity's jobs; judging looks for regions, special points and splits as well."""

    found: dict[str, Findings] = field(default_factory=dict)
    distances: dict[str, list[Apart]] = field(default_factory=dict)

    def planned_cases(self) -> list[Case]:
        """The cases that at least one library can express."""
        return measured_cases(self.request.functions, self.request.backends)

    def native_report(self) -> NativesReport:
        """Measure, and collect what was found."""
        started = time.monotonic()
        request = self.request
        self.probes = {library: list(self._probes(library)) for library in request.backends}
        points = self.measure()
        cells = [cell for key in sorted(self.cells) for cell in self.cells[key]]
        cells.sort(key=self._order)
        answers: dict[str, dict[str, Mapping[str, Any]]] = {}
        for (library, key), answer in sorted(self.answers.items()):
            answers.setdefault(library, {})[key] = answer
        merged = Findings()
        for key in sorted(self.found):
            merged.worst.extend(self.found[key].worst)
            merged.regions.extend(self.found[key].regions)
            merged.specials.extend(self.found[key].specials)
            merged.splits.extend(self.found[key].splits)
        return NativesReport(
            functions=list(request.functions),
            backends=[self.outcomes[name].state for name in request.backends],
            dtypes=list(request.dtypes),
            modes=list(request.modes),
            points=points,
            calls={f"{c.function}({c.label})": c.calls for c in self.cases},
            cells=cells,
            findings=merged,
            apart=[one for key in sorted(self.distances) for one in self.distances[key]],
            answers=answers,
            problems=self._native_problems(),
            environment=environment(),
            seconds=round(time.monotonic() - started, 1),
        )

    def _native_problems(self) -> list[str]:
        """What kept the run from measuring what was asked for."""
        states = [self.outcomes[name].state for name in self.request.backends]
        lost = [f"{s.name}: {s.reason}" for s in states if s.status != "ok"]
        return lost + [f"{key}: no reference: {why}" for key, why in self.unreferenced.items()]

    def _probes(self, library: str) -> Iterator[Mapping[str, Any]]:
        for row in NATIVES:
            if row.library != library or row.function not in self.request.functions:
                continue
            rowwise = multiact.records[row.function].kind == "rowwise"
            if row.function != "gumbel_softmax":
                yield {
                    "key": f"usual {row.function} {row.path}",
                    "call": row.usual(),
                    "dtype": "float32",
                    "values": _batch(USUAL_POINTS[:-1], rowwise or row.layer),
                }
            if "axis" in row.required:
                # What the library does if it is not told the axis.
                yield {
                    "key": f"untold {row.function} {row.path}",
                    "call": f"{row.path}()(x)" if row.layer else f"{row.path}(x)",
                    "dtype": "float32",
                    "values": CUBE,
                }
            if row is not first_rows(row.function).get(row.library):
                continue
            for dtype in PROBED_DTYPES:
                yield {
                    "key": f"dtype {row.function} {dtype}",
                    "call": row.usual(),
                    "dtype": dtype,
                    "values": list(PROBED_VALUES),
                }
            if rowwise:
                for name, values in SPECIAL_ROWS.items():
                    yield {
                        "key": f"row {row.function} {name}",
                        "call": row.usual(),
                        "dtype": "float32",
                        "values": list(values),
                    }

    def _judge(self, key: str, case: Case) -> Callable[[], None]:
        judge = super()._judge(key, case)

        def run() -> None:
            for backend, planned in self.planned.items():
                mine = [m for m in planned if m.case.key == case.key]
                if mine and case.key not in self.unreferenced:
                    self.found[f"{key} {backend}"] = self.pool.submit(
                        findings.find, self.directory, backend, case, mine
                    ).result()
            judge()

        return run

    def _compare(self, key: str, case: Case, dtype: str) -> Callable[[], None]:
        def run() -> None:
            if case.key not in self.unreferenced and "eager" in self.request.modes:
                libraries = [name for name in self.request.backends if name in case.calls]
                self.distances[key] = self.pool.submit(
                    findings.apart, self.directory, case, dtype, libraries
                ).result()
            self.progress.advance(1, f"comparing · {case.function}")

        return run


def _batch(points: Sequence[float], rows: bool) -> list[Any]:
    """As rows of four where the function or the layer works on them."""
    if not rows:
        return list(points)
    return [list(points[start : start + 4]) for start in range(0, len(points), 4)]
