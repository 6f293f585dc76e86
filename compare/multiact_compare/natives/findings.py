"""What the process pool looks for in the results of native calls: lost regions, special points,
and layouts or modes that give something else. The truth is parity's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from multiact_compare import ulp
from multiact_compare.dtypes import DTYPES, Bits, Doubles, DType
from multiact_compare.plan import Case, Measurement, Quantity, Variant
from multiact_compare.tiers import NATIVE
from multiact_compare.truth import Truth, truth_of

Names: TypeAlias = tuple[str, str, str, str, str, str]
"""Function, case, library, dtype, quantity, mode."""

FEWEST = 3
"""A region has so many points next to one another; less is an accident of rounding."""

WIDTH = 64.0
"""In eps: beside a zero of the truth, a narrower region only says that x is rounded too."""


@dataclass(frozen=True)
class Worst:
    """The largest errors of an array of results, in ULP of the truth, where truth and x are normal
    numbers within the contract's range. Rows count in ULP of 1, since their entries cancel.

    ``ulps`` is that of results of some size, with its place; ``tail_ulps`` that among tiny results
    too, which are lost where a framework flushes the subnormal numbers on the way to them.
    """

    function: str
    case: str
    library: str
    dtype: str
    quantity: str
    mode: str
    layout: str
    ulps: float
    where: str
    got: float
    expected: float
    tail_ulps: float
    tail_where: str


@dataclass(frozen=True)
class Region:
    """Consecutive points at which no digit of a result is right, though the truth is a normal
    number (or, for NaN, whatever the truth is). ``got`` and ``expected`` are those at ``x``."""

    function: str
    case: str
    library: str
    dtype: str
    quantity: str
    mode: str
    kind: str
    low: float
    high: float
    points: int
    x: float
    got: float
    expected: float


@dataclass(frozen=True)
class Special:
    """The result at a kink, a zero, an infinity or NaN. ``expected`` is the contract's derivative
    at a kink, the limit at an infinity, NaN for NaN."""

    function: str
    case: str
    library: str
    dtype: str
    quantity: str
    mode: str
    x: float
    got: float
    expected: float


@dataclass(frozen=True)
class Split:
    """A library against itself: how far two ways to evaluate one call are apart.

    ``ways`` are "eager", "compiled", "strided" and "length-1"; ``ulps`` the largest distance in ULP
    of the truth, ``one_nan`` how often only one of the two is NaN.
    """

    function: str
    case: str
    library: str
    dtype: str
    quantity: str
    ways: list[str]
    ulps: float
    where: str
    results: list[float]
    different: int
    compared: int
    one_nan: int
    nan_where: str


@dataclass(frozen=True)
class Apart:
    """Where two libraries are farthest apart: ``ulps`` in ULP of the truth, at ``where``, and
    ``scaled`` the largest |a − b| / max(1, |truth|) anywhere."""

    function: str
    case: str
    dtype: str
    quantity: str
    libraries: list[str]
    scaled: float
    ulps: float
    where: str
    results: list[float]
    expected: float


@dataclass(frozen=True)
class Findings:
    """All that was found about one case in one library."""

    worst: list[Worst] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    specials: list[Special] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)


def find(directory: Path, library: str, case: Case, measured: Sequence[Measurement]) -> Findings:
    """Look through the results of one case in one library."""
    findings = Findings()
    for dtype_name in dict.fromkeys(m.dtype for m in measured):
        dtype = DTYPES[dtype_name]
        for quantity in dict.fromkeys(m.variant.quantity for m in measured):
            mine = [m for m in measured if (m.dtype, m.variant.quantity) == (dtype_name, quantity)]
            paths = [(m, directory / "outputs" / library / m.file) for m in mine]
            results = [(m, np.load(path)) for m, path in paths if path.exists()]
            if not results:
                continue
            truth = truth_of(directory, case, dtype, quantity, NATIVE)
            bends = _bends(directory, case, dtype, quantity, truth)
            for measurement, bits in results:
                findings.worst.append(_worst(directory, library, measurement, bits, dtype, truth))
                whole = case.kind == "elementwise" and measurement.variant.layout == "long"
                if whole:
                    where = (
                        *(case.function, case.label, library, dtype_name),
                        *(quantity, measurement.variant.mode),
                    )
                    findings.regions.extend(regions(where, bits, dtype, truth, bends))
                    if quantity != "second":
                        findings.specials.extend(_specials(where, bits, dtype, truth, case))
            findings.splits.extend(_splits(directory, library, results, dtype, truth))
    return findings


def comparable(
    case: Case, dtype: DType, truth: Truth
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The positions at which an error says something about a formula, and the ULP to count in."""
    expected = truth.expected
    chosen = expected.judged & ~expected.kink & ~expected.subnormal
    size = np.abs(np.nan_to_num(expected.high))
    exponents = expected.exponents
    if case.kind == "rowwise":
        return chosen, np.maximum(exponents, 1 - dtype.precision)
    return chosen & (size >= 2.0**dtype.min_exponent) & (size <= dtype.largest), exponents


def _worst(
    directory: Path, library: str, measurement: Measurement, bits: Bits, dtype: DType, truth: Truth
) -> Worst:
    case, variant = measurement.case, measurement.variant
    selection = truth.selection(directory, measurement)
    chosen, exponents = comparable(case, dtype, truth)
    expected, got = truth.expected.take(selection), dtype.decode(bits)
    error = ulp.absolute_errors(got, expected.high, expected.low, dtype)
    error[~chosen[selection]] = 0.0
    ulps = ulp.in_ulps(error, exponents[selection])
    sized = np.where(np.abs(expected.high) >= tiny(dtype), ulps, 0.0)
    at, tail = int(np.argmax(sized)), int(np.argmax(ulps))
    return Worst(
        *(case.function, case.label, library, dtype.name),
        *(variant.quantity, variant.mode, variant.layout),
        ulps=float(sized[at]),
        where=truth.place(int(selection[at])),
        got=float(got[at]),
        expected=float(expected.high[at]),
        tail_ulps=float(ulps[tail]),
        tail_where=truth.place(int(selection[tail])),
    )


def tiny(dtype: DType) -> float:
    """Below this magnitude the subnormal numbers show."""
    return math.ldexp(1.0, dtype.min_exponent + (4 if dtype.max_exponent < 100 else 24))


def _bends(
    directory: Path, case: Case, dtype: DType, quantity: Quantity, truth: Truth
) -> Doubles | None:
    """The magnitude of the next derivative, which says how much a rounded x costs."""
    if case.kind != "elementwise" or quantity == "second":
        return None
    following: Quantity = "derivative" if quantity == "value" else "second"
    return np.abs(truth_of(directory, case, dtype, following, NATIVE).expected.high)


def regions(
    names: Names, bits: Bits, dtype: DType, truth: Truth, bends: Doubles | None
) -> Iterator[Region]:
    """The regions of total loss in results at all points."""
    x, high, got = truth.x, truth.expected.high, dtype.decode(bits)
    smallest = 2.0**dtype.min_exponent
    usable = np.isfinite(x) & ~truth.expected.kink & (np.abs(x) >= smallest)
    order = np.flatnonzero(usable)
    order = order[np.argsort(x[order], kind="stable")]
    x, high, got = x[order], high[order], got[order]
    size = np.abs(high)
    normal = (size >= smallest) & (size <= dtype.largest)
    if bends is None:
        normal &= False
    else:
        normal &= ~(size < 4 * dtype.eps * np.abs(x) * bends[order])
    with np.errstate(invalid="ignore", over="ignore"):
        kinds: dict[str, NDArray[np.bool_]] = {
            "NaN": np.isnan(got),
            "infinite": np.isinf(got) & normal,
            "0": (got == 0) & normal,
            "wrong sign": (got * high < 0) & np.isfinite(got) & normal,
        }
        taken = np.logical_or.reduce(list(kinds.values()))
        kinds["100 % off"] = (np.abs(got - high) >= size) & normal & ~taken
    for kind, lost in kinds.items():
        for start, stop in _runs(lost):
            low, end = float(x[start]), float(x[stop - 1])
            narrow = kind in ("0", "wrong sign", "100 % off") and (
                end - low <= WIDTH * dtype.eps * max(abs(low), abs(end))
            )
            if stop - start < FEWEST or narrow:
                continue
            at = start + int(np.argmax(np.where(normal[start:stop], size[start:stop], -1.0)))
            spot = (float(x[at]), float(got[at]), float(high[at]))
            yield Region(*names, kind, low, end, stop - start, *spot)


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Where consecutive flags are set: start and end of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _specials(
    names: Names, bits: Bits, dtype: DType, truth: Truth, case: Case
) -> Iterator[Special]:
    got = dtype.decode(bits)
    centres = sorted({*case.kinks, 0.0}) if names[4] == "derivative" else [0.0]
    for centre in (*centres, -0.0, np.inf, -np.inf, np.nan):
        if np.isnan(centre):
            at = np.flatnonzero(np.isnan(truth.x))
        else:
            same_sign = np.signbit(truth.x) == np.signbit(centre)
            at = np.flatnonzero((truth.x == centre) & same_sign)
        if at.size:
            expected = float(truth.expected.high[at[0]])
            if np.isinf(centre):
                expected = truth.limits.get(float(centre), np.nan)
            yield Special(*names, float(centre), float(got[at[0]]), expected)


def _splits(
    directory: Path,
    library: str,
    results: list[tuple[Measurement, Bits]],
    dtype: DType,
    truth: Truth,
) -> Iterator[Split]:
    whole = [one for one in results if _way(one[0]) == ("eager", "long")]
    if not whole:
        return
    (base, reference), *_ = whole
    case, quantity = base.case, base.variant.quantity
    for other, bits in results:
        if other is base:
            continue
        selection = truth.selection(directory, other)
        pair = [reference[np.searchsorted(truth.selection(directory, base), selection)], bits]
        chosen, exponents = comparable(case, dtype, truth)
        judged = chosen[selection]
        one, two = map(dtype.decode, pair)
        with np.errstate(invalid="ignore"):
            error = np.where(judged, np.abs(one - two), 0.0)
        error[np.isnan(error)] = 0.0
        ulps = ulp.in_ulps(error, exponents[selection])
        at = int(np.argmax(ulps))
        nan = np.isnan(one) != np.isnan(two)
        mode = other.variant.mode
        yield Split(
            *(case.function, case.label, library, dtype.name, quantity),
            ways=["eager", mode if mode == "compiled" else other.variant.layout],
            ulps=float(ulps[at]),
            where=truth.place(int(selection[at])),
            results=[float(one[at]), float(two[at])],
            different=int((error > 0).sum()),
            compared=int(judged.sum()),
            one_nan=int(nan.sum()),
            nan_where=truth.place(int(selection[np.argmax(nan)])) if nan.any() else "",
        )


def _way(measurement: Measurement) -> tuple[str, str]:
    return measurement.variant.mode, measurement.variant.layout


def apart(directory: Path, case: Case, dtype_name: str, libraries: Sequence[str]) -> list[Apart]:
    """How far the libraries are apart on a case, for each quantity that two of them have."""
    dtype, found = DTYPES[dtype_name], []
    quantities: tuple[Quantity, ...] = ("value", "derivative")
    for quantity in quantities:
        measurement = Measurement(case, dtype_name, Variant("eager", "long", quantity))
        results = {}
        for library in libraries:
            path = directory / "outputs" / library / measurement.file
            if path.exists():
                results[library] = dtype.decode(np.load(path))
        if len(results) < 2:
            continue
        truth = truth_of(directory, case, dtype, quantity, NATIVE)
        expected = truth.expected
        place, exponents = comparable(case, dtype, truth)
        table, names = np.stack(list(results.values())), list(results)
        place &= ~np.isnan(table).any(axis=0)
        with np.errstate(invalid="ignore"):
            gap = np.where(place, table.max(axis=0) - table.min(axis=0), 0.0)
        gap[np.isnan(gap)] = 0.0
        ulps = ulp.in_ulps(gap, exponents)
        at = int(np.argmax(ulps))
        pair = [int(np.argmin(table[:, at])), int(np.argmax(table[:, at]))]
        found.append(
            Apart(
                *(case.function, case.label, dtype_name, quantity),
                libraries=[names[index] for index in pair],
                scaled=float((gap / np.fmax(1.0, np.abs(expected.high))).max()),
                ulps=float(ulps[at]),
                where=truth.place(at),
                results=[float(table[index, at]) for index in pair],
                expected=float(expected.high[at]),
            )
        )
    return found
