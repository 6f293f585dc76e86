"""How to write one library's calls in another: ``multiact port``.

The call to write gets the parameters that make it mean what the source's call means; what remains
different is measured.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import multiact
from multiact_compare import oracle
from multiact_compare.natives.call import InexpressibleError, Library, NativeCall, ours
from multiact_compare.natives.differences import number
from multiact_compare.natives.engine import NativeRun, case_of, first_rows
from multiact_compare.natives.findings import Apart
from multiact_compare.natives.table import NATIVES
from multiact_compare.parity import Progress, Request
from multiact_compare.plan import Case

POINTS = 5_000
"""How many float32 points the remaining difference is measured at."""


@dataclass(frozen=True)
class Remaining:
    """How far source and target are apart: ``scaled`` is the largest |a − b| / max(1, |truth|), or
    the distance at a kink where that is larger; ``ulps`` the largest distance in ULP of the truth.
    ``results`` are those of source and target at ``where``.
    """

    scaled: float
    ulps: float
    where: str
    results: Mapping[str, float]

    def text(self) -> str:
        """In one line."""
        if not self.scaled and not self.ulps:
            return "none"
        found = ", ".join(f"{who} {number(value)}" for who, value in self.results.items())
        much = f"{number(self.ulps, 3)} ULP, " if self.ulps else ""
        return f"{much}{number(self.scaled, 2)} at most; at {self.where}: {found}"


@dataclass(frozen=True)
class Port:
    """One call of the source and what to write for it.

    ``spelled`` is the source's call with its defaults said; ``native`` is whether the target has
    the function; ``ours`` the call of multiact that is right on both. What is ``random`` has no
    truth to measure against.
    """

    function: str
    source: str
    spelled: str
    target: str
    native: bool
    ours: str
    params: Mapping[str, Any]
    remarks: tuple[str, ...]
    random: bool = False
    value: Remaining | None = None
    gradient: Remaining | None = None


@dataclass(frozen=True)
class PortReport:
    """A porting table. ``absent`` are asked-for functions that the source has not."""

    source: Library
    target: Library
    ports: list[Port]
    absent: list[str]
    problems: list[str]
    schema_version: int = 1


def ports(source: Library, target: Library, functions: Sequence[str]) -> Iterator[Port]:
    """Every call of the source for these functions, and what to write in the target."""
    for name in functions:
        for row in NATIVES:
            if (row.function, row.library) == (name, source):
                yield port(row, target)


def port(row: NativeCall, library: Library) -> Port:
    """What to write for a call's meaning in a library."""
    params = row.meaning()
    # Frameworks without a generator of their own must be told where the noise comes from.
    noisy = not row.same and "rng" in multiact.records[row.function].signature.parameters
    mine = ours(row.function, {**params, "rng": 0} if noisy else params)
    text, native, remarks = mine, False, [row.remark]
    for other in _candidates(row, library):
        try:
            text, native = other.write(params), True
        except InexpressibleError as problem:
            remarks.append(str(problem))
            continue
        remarks.append(other.remark)
        break
    return Port(
        function=row.function,
        source=row.usual(),
        spelled=row.write(params, full=True),
        target=text,
        native=native,
        ours=mine,
        params=params,
        remarks=tuple(dict.fromkeys(filter(None, remarks))),
        random=noisy,
    )


def _candidates(row: NativeCall, library: Library) -> list[NativeCall]:
    """The library's rows of the same function: layers for layers first, and only what is right."""
    there = [one for one in NATIVES if (one.function, one.library) == (row.function, library)]
    return sorted(
        (one for one in there if one.same and row.same), key=lambda one: one.layer != row.layer
    )


def run(
    source: Library, target: Library, functions: Sequence[str], progress: Progress, jobs: int = 0
) -> PortReport:
    """The porting table with what remains different, measured in float32."""
    table = list(ports(source, target, functions))
    request = Request(
        functions=functions,
        backends=(source, target),
        dtypes=("float32",),
        modes=("eager",),
        points=POINTS,
        jobs=jobs,
        tier_name="port",
        deviations=(),
    )
    with tempfile.TemporaryDirectory(prefix="multiact-port-") as folder:
        measured = _PortRun(request, progress, Path(folder), table=table)
        found = measured.remaining() if measured.pairs() else {}
    finished = []
    for one in table:
        value, gradient = found.get(_key(one), (None, None))
        finished.append(replace(one, value=value, gradient=gradient))
    there = {one.function for one in table}
    return PortReport(
        source=source,
        target=target,
        ports=finished,
        absent=[name for name in functions if name not in there],
        problems=measured.port_problems(),
    )


def _key(one: Port) -> str:
    """Equal for ports whose functions and parameters are the same."""
    return f"{one.function} {sorted(one.params.items())}"


@dataclass
class _PortRun(NativeRun):
    table: Sequence[Port] = field(default_factory=list)

    def pairs(self) -> dict[str, tuple[Port, dict[str, str]]]:
        """What can be measured: functions whose two calls take any array."""
        source, target = self.request.backends
        found: dict[str, tuple[Port, dict[str, str]]] = {}
        for one in self.table:
            row = first_rows(one.function).get(source)  # type: ignore[call-overload]
            if row is None or one.random or _key(one) in found:
                continue
            other = first_rows(one.function).get(target)  # type: ignore[call-overload]
            try:
                calls = {source: row.write(one.params)}
            except InexpressibleError:
                continue
            calls[target] = one.ours
            if one.native and other is not None:
                calls[target] = other.write(one.params)
            found[_key(one)] = (one, calls)
        return found

    def planned_cases(self) -> list[Case]:
        """A case for every pair of calls."""
        return [
            case_of(index, one.function, one.params, calls)
            for index, (one, calls) in enumerate(self.pairs().values())
            if oracle.knows(one.function)
        ]

    def port_problems(self) -> list[str]:
        """What could not be measured."""
        return self._native_problems() if self.outcomes else []

    def remaining(self) -> dict[str, tuple[Remaining | None, Remaining | None]]:
        """For each pair what remains different in value and in gradient."""
        self.measure()
        found = {}
        for case, key in zip(self.cases, self.pairs(), strict=True):
            distances = [one for ones in self.distances.values() for one in ones]
            mine = {
                one.quantity: one
                for one in distances
                if (one.function, one.case) == (case.function, case.label)
            }
            value, gradient = mine.get("value"), mine.get("derivative")
            found[key] = (
                _remaining(value) if value else None,
                self._with_kinks(case, _remaining(gradient)) if gradient else None,
            )
        return found

    def _with_kinks(self, case: Case, smooth: Remaining) -> Remaining:
        """The distance of gradients, or that at a kink if it is larger."""
        worst = smooth
        at: dict[float, dict[str, float]] = {}
        for found in self.found.values():
            for one in found.specials:
                if (one.function, one.case, one.quantity) == (
                    case.function,
                    case.label,
                    "derivative",
                ) and math.isfinite(one.x):
                    at.setdefault(one.x, {})[one.library] = one.got
        for x, results in at.items():
            if len(results) == 2:
                one_result, other = results.values()
                gap = abs(one_result - other)
                if gap > worst.scaled:
                    worst = Remaining(gap, 0.0, f"x = {number(x)}", results)
        return worst


def _remaining(one: Apart) -> Remaining:
    results = dict(zip(one.libraries, one.results, strict=True))
    return Remaining(one.scaled, one.ulps, one.where, results)
