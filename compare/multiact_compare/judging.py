"""The parts of a run that the process pool does: references, judgement, disagreement.

They exchange files in the run's directory:

- ``inputs/DTYPE.points.npy``, ``inputs/DTYPE.short.npy``, ``inputs/DTYPE.rows-SHAPE.N.npy``
- ``inputs/values.npy``: the distinct finite points of all dtypes, and ``inputs/asked.npy``:
  how often to differentiate there; ``.few`` behind the first word: of cases with few points
- ``references/CASE.npy``, ``references/CASE.DTYPE.QUANTITY.npy``: the truth
- ``outputs/BACKEND/…``: the bits of the results, see :class:`multiact_compare.plan.Measurement`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multiact_compare import contract, deviations, inputs, oracle, profiles, rows, ulp
from multiact_compare.contract import Expected
from multiact_compare.dtypes import DTYPES, Bits, Doubles
from multiact_compare.plan import (
    Case,
    Measurement,
    Quantity,
    TierName,
    Variant,
    Where,
    compiled_in_all,
)
from multiact_compare.results import Cell, Disagreement, Peak
from multiact_compare.tiers import TIERS
from multiact_compare.truth import PART, Truth, truth_of


def compute_references(directory: Path, case: Case, start: int, stop: int) -> None:
    """The truth about an elementwise case at a slice of the distinct points."""
    files = (directory / f"inputs/{case.inputs(name)}.npy" for name in ("values", "asked"))
    values, asked = (np.asarray(np.load(file, mmap_mode="r")[start:stop]) for file in files)
    found = np.full((6, values.size), np.nan)
    found[1::2] = 0.0
    known = asked > inputs.NEVER
    least = inputs.COMMONLY_TWICE if compiled_in_all(case.function) else inputs.TWICE
    twice = asked[known] >= least
    found[:, known] = oracle.elementwise(case.function, case.params, values[known], twice)
    target = np.lib.format.open_memmap(directory / f"references/{case.reference}.npy", mode="r+")
    target[:, start:stop] = found
    target.flush()


def compute_row_references(directory: Path, case: Case, dtype_name: str) -> None:
    """The truth about a rowwise case on the rows of one dtype, all blocks flattened."""
    columns: dict[Quantity, list[Doubles]] = {name: [] for name in PART}
    for block in rows.blocks(DTYPES[dtype_name], case.shape):
        found = oracle.rowwise(case.function, case.params, block)
        for name, part in zip(PART, found, strict=True):
            columns[name].append(part.reshape(2, -1))
    for name, parts in columns.items():
        path = directory / f"references/{case.reference}.{dtype_name}.{name}.npy"
        np.save(path, np.concatenate(parts, axis=1))


def judge(
    directory: Path,
    case: Case,
    measured: Mapping[str, Sequence[Measurement]],
    errors: Mapping[str, Mapping[str, str]],
    known: Sequence[deviations.Deviation],
    tier_name: TierName,
) -> list[Cell]:
    """All results of one case: ``measured`` and ``errors``, by file, of each backend."""
    tier = TIERS[tier_name]
    parts: dict[tuple[str, Quantity], list[tuple[str, Measurement]]] = {}
    for backend, mine in measured.items():
        for measurement in mine:
            if measurement.file not in errors.get(backend, {}):
                key = (measurement.dtype, measurement.variant.quantity)
                parts.setdefault(key, []).append((backend, measurement))
    judged = {}
    for (dtype_name, quantity), part in parts.items():
        dtype = DTYPES[dtype_name]
        truth = truth_of(directory, case, dtype, quantity, tier)
        bench = _Bench(directory, case, truth, tier.allowed_ulps(dtype, quantity))
        for backend, measurement in part:
            reasons = _reasons(known, backend, measurement)
            judged[backend, measurement.file] = bench.cell(backend, measurement, reasons)
    return [
        judged[backend, measurement.file]
        if (backend, measurement.file) in judged
        else replace(_blank(backend, measurement), error=errors[backend][measurement.file])
        for backend, mine in measured.items()
        for measurement in mine
    ]


def _blank(backend: str, measurement: Measurement) -> Cell:
    """A cell without results."""
    case, variant = measurement.case, measurement.variant
    return Cell(
        function=case.function,
        case=case.label,
        backend=backend,
        dtype=measurement.dtype,
        quantity=variant.quantity,
        mode=variant.mode,
        layout=variant.layout,
    )


def _reasons(
    known: Sequence[deviations.Deviation], backend: str, measurement: Measurement
) -> dict[Where, str]:
    """Why a measurement may fail, by where."""
    function, variant = measurement.case.function, measurement.variant
    found = deviations.excuse(
        known, backend, function, measurement.dtype, variant.quantity, variant.mode
    )
    return {where: row.reason for where, row in found.items()}


class _Bench:
    """Judges the results of one quantity of a case in one dtype, equal ones only once.

    A strided array mostly gives the bits of the long one, compiled code those of eager code, and
    one backend those of another.
    """

    def __init__(self, directory: Path, case: Case, truth: Truth, allowed_ulps: float) -> None:
        self._directory = directory
        self._case = case
        self._truth = truth
        self._allowed_ulps = allowed_ulps
        self._expected: dict[Any, tuple[NDArray[np.int64], Expected, Doubles]] = {}
        self._filled: dict[Any, tuple[Cell, Doubles]] = {}
        self._along: dict[Any, dict[str, Any]] = {}

    def cell(self, backend: str, measurement: Measurement, reasons: Mapping[Where, str]) -> Cell:
        """The cell of a measurement, from the bits that it left."""
        bits = np.load(self._directory / "outputs" / backend / measurement.file)
        blank = _blank(backend, measurement)
        positions, (selection, expected, allowed) = self._covered(measurement)
        key = (positions, frozenset(reasons), bits.tobytes())
        if key not in self._filled:
            self._filled[key] = _filled(
                blank, bits, self._truth, selection, expected, allowed, reasons
            )
        known, ulps = self._filled[key]
        excused = {where: why for where, why in reasons.items() if where in known.failures}
        cell = replace(
            known, backend=backend, mode=blank.mode, layout=blank.layout, excused=excused
        )
        if blank.layout != "long":
            return cell
        if key not in self._along:
            self._along[key] = _along_x(
                self._directory, self._case, cell, bits, ulps, self._truth, selection
            )
        return replace(cell, **self._along[key])

    def _covered(
        self, measurement: Measurement
    ) -> tuple[Any, tuple[NDArray[np.int64], Expected, Doubles]]:
        """The positions that a measurement covers: their key, they, the truth, what is allowed."""
        variant, truth = measurement.variant, self._truth
        layout = "long" if variant.layout == "strided" else variant.layout
        lengths = measurement.lengths if self._case.kind == "rowwise" else ()
        key = (layout, variant.step, lengths)
        if key not in self._expected:
            selection = truth.selection(self._directory, measurement)
            whole = selection.size == truth.x.size
            expected = truth.expected if whole else truth.expected.take(selection)
            absolute = truth.absolute[selection]
            allowed = contract.allowed_errors(expected, absolute, self._allowed_ulps)
            self._expected[key] = selection, expected, allowed
        return key, self._expected[key]


def compare(
    directory: Path,
    case: Case,
    dtype_name: str,
    quantities: Sequence[Quantity],
    backends: Sequence[str],
    tier_name: TierName,
) -> list[Disagreement]:
    """The disagreement between backends on a case, for quantities that at least two have."""
    tier, found = TIERS[tier_name], []
    for quantity in quantities:
        # Compiled, fewer lengths of rows are measured, so those are compared by themselves.
        groups = [[mode] for mode in tier.compared]
        if case.kind == "elementwise":
            groups = [[mode for group in groups for mode in group]]
        for modes in groups:
            results = {}
            for mode in modes:
                measurement = Measurement(case, dtype_name, Variant(mode, "long", quantity))
                for name in backends:
                    path = directory / "outputs" / name / measurement.file
                    if path.exists():
                        label = name if mode == "eager" else f"{name} compiled"
                        results[label] = np.load(path)
            if len(results) > 1:
                truth = truth_of(directory, case, DTYPES[dtype_name], quantity, tier)
                # Where fewer lengths of rows were measured, they are the last ones.
                common = min(bits.size for bits in results.values())
                results = {label: bits[-common:] for label, bits in results.items()}
                selection = truth.selection(directory, measurement)[-common:]
                found.append(_disagreement(measurement, results, truth, selection))
    return found


def _disagreement(
    measurement: Measurement,
    results: Mapping[str, Bits],
    truth: Truth,
    selection: NDArray[np.int64],
) -> Disagreement:
    case, dtype = measurement.case, DTYPES[measurement.dtype]
    judged = truth.expected.judged[selection]
    names, bits = list(results), np.stack(list(results.values()))
    apart, nan = ulp.spread(list(bits), dtype)
    where = int(np.argmax(np.where(judged, apart, -1)))
    values = dtype.decode(np.ascontiguousarray(bits[:, where]))
    pair: list[int] = []
    if judged.any() and not np.isnan(values).all():
        pair = sorted((int(np.nanargmin(values)), int(np.nanargmax(values))))
    # NaN is one value here, whatever its payload.
    different = (np.where(nan, 0, bits) != np.where(nan[0], 0, bits[0])) | (nan != nan[0])
    return Disagreement(
        function=case.function,
        case=case.label,
        dtype=dtype.name,
        quantity=measurement.variant.quantity,
        compared=int(judged.sum()),
        different=int((different.any(axis=0) & judged).sum()),
        one_nan=int(((nan != nan[0]).any(axis=0) & judged).sum()),
        distance=int(apart[where]) if judged.any() else 0,
        backends=[names[index] for index in pair],
        where=truth.place(int(selection[where])),
        results=[float(values[index]) for index in pair],
    )


def _filled(
    blank: Cell,
    bits: Bits,
    truth: Truth,
    selection: NDArray[np.int64],
    expected: Expected,
    allowed: Doubles,
    reasons: Mapping[Where, str],
) -> tuple[Cell, Doubles]:
    """The cell with its verdict, and the errors of all judged results."""
    dtype = DTYPES[blank.dtype]
    absolute = truth.absolute[selection]
    verdict = contract.judge(bits, dtype, expected, absolute, reasons, allowed=allowed)
    got = dtype.decode(bits)

    def peak(amount: float, at: int | None) -> Peak | None:
        if at is None or expected.high.size == 0:
            return None
        x = float(truth.x[selection[at]])
        return Peak(
            amount=float(f"{amount:.6g}"),
            where=truth.place(int(selection[at])),
            x=x,
            x_hex=x.hex(),
            got=float(got[at]),
            expected=float(expected.high[at]),
        )

    nan_at = verdict.nan_failure_at
    filled = replace(
        blank,
        points=int(bits.size),
        judged=verdict.judged,
        ulp=peak(verdict.worst_ulp, verdict.worst_ulp_at),
        sized=peak(verdict.sized_ulp, verdict.sized_ulp_at),
        ratio=peak(verdict.worst_ratio, verdict.worst_ratio_at),
        beyond=peak(verdict.unjudged_ulp, verdict.unjudged_ulp_at),
        misrounded=verdict.misrounded,
        failures={where: count for where, count in verdict.failures.items() if count},
        nan_failure=None if nan_at is None else float(got[nan_at]),
    )
    return filled, verdict.ulps


def _along_x(
    directory: Path,
    case: Case,
    cell: Cell,
    bits: Bits,
    ulps: Doubles,
    truth: Truth,
    selection: NDArray[np.int64],
) -> dict[str, Any]:
    """What a cell keeps of its way along x: the profile, and the results at special points and
    at infinity.
    """
    dtype, extra = DTYPES[cell.dtype], dict[str, Any]()
    extra["infinities"] = {
        str(x): [float(dtype.decode(bits[found[:1]])[0]), limit]
        for x, limit in truth.limits.items()
        if (found := np.flatnonzero(truth.x == x)).size
    }
    if case.kind == "elementwise":
        at, high = profiles.special(truth.x, case.kinks), truth.expected.high
        got = dtype.decode(bits[list(at.values())])
        pairs = zip(at.items(), got.tolist(), strict=True)
        extra["specials"] = {name: [one, float(high[place])] for (name, place), one in pairs}
    if cell.quantity != "second":
        if case.kind == "elementwise":
            bins = _bins(directory, case.inputs(cell.dtype), cell.dtype)
        else:
            bins = profiles.bins(truth.x)[selection]
        judged = truth.expected.judged[selection]
        extra["profile"] = profiles.profile(ulps, judged, bins)
    return extra


@lru_cache(maxsize=2 * len(DTYPES))
def _bins(directory: Path, name: str, dtype_name: str) -> NDArray[np.intp]:
    """The bins of a dtype's points, all or few, which elementwise cases share."""
    dtype = DTYPES[dtype_name]
    return profiles.bins(dtype.decode(np.load(directory / f"inputs/{name}.points.npy")))
