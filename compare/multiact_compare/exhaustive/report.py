"""What a sweep found, as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from multiact_compare import results
from multiact_compare.dtypes import DType
from multiact_compare.exhaustive import exact, space
from multiact_compare.exhaustive.checkpoint import State
from multiact_compare.exhaustive.exact import Rules
from multiact_compare.exhaustive.request import Request, excuses
from multiact_compare.exhaustive.tally import PEAKS, Place, Tally
from multiact_compare.plan import Case, Quantity, TierName, Where
from multiact_compare.results import BackendState, Peak

KIND = "multiact exhaustive sweep"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Row:
    """One quantity of a case on a backend.

    ``histogram`` counts judged results by the quarter of an ULP in which their error lies: entry k
    from k/4 to before (k + 1)/4, the last one all from 8 on. ``ulp`` is the worst error, ``sized``
    the worst among results above the absolute bound, ``ratio`` the largest share of what is
    allowed and ``beyond`` the worst error where nothing is promised. ``failures`` counts inputs by
    the kind of place where the contract is broken, ``excused`` gives the reasons of known ones.
    ``misrounded`` counts results that are not the number nearest to the truth, ``fallbacks`` the
    inputs that float64 could not decide. ``infinities`` holds [result, limit] at −inf and +inf.
    """

    function: str
    case: str
    backend: str
    quantity: Quantity
    inputs: int
    judged: int
    histogram: list[int]
    misrounded: int
    fallbacks: int
    ulp: Peak | None = None
    sized: Peak | None = None
    ratio: Peak | None = None
    beyond: Peak | None = None
    failures: Mapping[Where, int] = field(default_factory=dict)
    excused: Mapping[Where, str] = field(default_factory=dict)
    nan_failure: Peak | None = None
    infinities: Mapping[str, list[float]] = field(default_factory=dict)
    error: str | None = None

    @property
    def broken(self) -> dict[Where, int]:
        """The failures that no known deviation excuses."""
        return {
            where: count
            for where, count in self.failures.items()
            if count and where not in self.excused
        }

    @property
    def ok(self) -> bool:
        """Whether the contract holds here, apart from known deviations."""
        return self.error is None and not self.broken


@dataclass(frozen=True)
class Report:
    """A whole sweep. ``range`` are the first and the last number, or empty for all of them."""

    dtype: str
    tier: TierName
    range: list[float]
    quantities: list[Quantity]
    rows: list[Row]
    backends: list[BackendState]
    problems: list[str]
    environment: Mapping[str, str]
    seconds: float
    kind: str = KIND
    schema_version: int = SCHEMA_VERSION

    @property
    def ok(self) -> bool:
        """Whether the contract holds for everything that was asked for."""
        return not self.problems and all(row.ok for row in self.rows)


def save(report: Report, path: Path) -> None:
    """Write a report as JSON in one step; non-finite numbers become strings."""
    text = json.dumps(results.plain(report), indent=1, ensure_ascii=False, allow_nan=False)
    results.write_text(text + "\n", path)


def report_of(
    request: Request, cases: Sequence[Case], state: State, environment: Mapping[str, str]
) -> Report:
    """The report about what was done; the worst places are judged once more, by the oracle."""
    measured = request.measurable()
    backends = [_backend(request, name, state) for name in request.backends]
    rows = [
        row
        for case in cases
        for name in measured
        for row in _rows(request, case, name, state)
        if row.inputs or row.error
    ]
    return Report(
        dtype=request.dtype_name,
        tier=request.tier_name,
        range=[request.range.low, request.range.high] if request.range else [],
        quantities=list(request.quantities),
        rows=rows,
        backends=backends,
        problems=list(_problems(request, backends, rows)),
        environment=environment,
        seconds=state.seconds,
    )


def _backend(request: Request, name: str, state: State) -> BackendState:
    if name not in request.measurable():
        return BackendState(name, "missing", f"has no {request.dtype_name}")
    facts = state.backends.get(name, {})
    return BackendState(
        name=name,
        status=facts.get("status", "ok"),
        reason=facts.get("reason", ""),
        versions=facts.get("versions", {}),
        notes=facts.get("notes", []),
        seconds=round(
            sum(line.seconds for key, line in state.lines.items() if key.startswith(f"{name}/")), 1
        ),
    )


def _problems(
    request: Request, backends: Sequence[BackendState], rows: Sequence[Row]
) -> Iterator[str]:
    for state in backends:
        if state.status == "died":
            yield f"{state.name}: {state.reason}"
        elif state.status == "missing" and state.name in request.named:
            yield f"{state.name}: {state.reason}, and it was asked for"
    if not rows:
        yield "nothing was measured"


def _rows(request: Request, case: Case, backend: str, state: State) -> Iterator[Row]:
    line = state.lines[f"{backend}/{case.key}"]
    for quantity, tally in line.tallies.items():
        rules = Rules(case, request.dtype, quantity, request.tier)
        peaks = {
            peak: _judged(rules, peak, tally.peaks[peak]) for peak in PEAKS if peak in tally.peaks
        }
        reasons = excuses(case, backend, request.dtype, request.tier, quantity)
        yield Row(
            function=case.function,
            case=case.label,
            backend=backend,
            quantity=quantity,
            inputs=tally.inputs,
            judged=tally.judged,
            histogram=tally.histogram.tolist(),
            misrounded=tally.misrounded,
            fallbacks=tally.fallbacks,
            failures=dict(tally.failures),
            excused={where: why for where, why in reasons.items() if tally.failures[where]},
            nan_failure=_nan_failure(request.dtype, tally),
            infinities=_infinities(rules, tally),
            error=line.error,
            **peaks,
        )


def _judged(rules: Rules, peak: str, place: Place) -> Peak:
    """What the oracle says of a place."""
    x, bits = _at(rules.dtype, place)
    found = exact.verdicts(rules, np.array([x]), bits)
    amounts = found.ratios if peak == "ratio" else found.ulps
    return _peak(rules.dtype, place, float(amounts[0]), float(found.expected[0]))


def _nan_failure(dtype: DType, tally: Tally) -> Peak | None:
    place = tally.nan_failure
    return None if place is None else _peak(dtype, place, float("inf"), float("nan"))


def _peak(dtype: DType, place: Place, amount: float, expected: float) -> Peak:
    x, bits = _at(dtype, place)
    return Peak(
        amount=amount,
        where=f"x = {x:.10g}",
        x=x,
        x_hex=x.hex(),
        got=float(dtype.decode(bits)[0]),
        expected=expected,
    )


def _at(dtype: DType, place: Place) -> tuple[float, np.ndarray]:
    return space.number(dtype, place.key), np.array([place.bits], dtype.carrier)


def _infinities(rules: Rules, tally: Tally) -> dict[str, list[float]]:
    found = {}
    for end, bits in tally.ends.items():
        got = float(rules.dtype.decode(np.array([bits], rules.dtype.carrier))[0])
        found[end] = [got, rules.limit(float(end))]
    return found
