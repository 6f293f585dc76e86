"""Where two libraries do not do the same: defaults, values, gradients, special values, dtypes.

Every disagreement is a :class:`Difference`; :func:`differences` lists them, the worst first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import multiact
from multiact_compare.dtypes import DTYPES
from multiact_compare.natives.engine import CUBE, NativesReport
from multiact_compare.natives.findings import Special
from multiact_compare.natives.table import NATIVES

TOLERANCE = 8.0
"""Results so many eps apart, or ULP of the truth, are rounded otherwise, not different."""

SYMBOLS = {"value": "f", "derivative": "f′", "second": "f″"}


@dataclass(frozen=True)
class Difference:
    """One disagreement. ``amount`` is how far the results are apart: |a − b| / max(1, |truth|), at
    most infinite, where one is NaN and the other is not. ``sides`` are the different results, with
    the libraries that give each.
    """

    kind: str
    function: str
    what: str
    amount: float
    sides: Mapping[str, list[str]]

    def line(self) -> str:
        """The disagreement in one line."""
        sides = " · ".join(f"{', '.join(who)} {result}" for result, who in self.sides.items())
        return f"{self.function} {self.what}: {sides}"


def differences(report: NativesReport) -> list[Difference]:
    """All disagreements, the worst first."""
    kinds: tuple[Callable[[NativesReport], Iterator[Difference]], ...] = (
        _defaults,
        _untold,
        _specials,
        _rows,
        _values,
        _seconds,
        _dtypes,
    )
    found = [one for kind in kinds for one in kind(report)]
    return sorted(found, key=lambda one: (-one.amount, one.function, one.what))


def number(value: float, digits: int = 5) -> str:
    """As one reads it; −0 and 0 are told apart."""
    return f"{value:.{digits}g}".replace("-", "−").replace("inf", "∞").replace("nan", "NaN")


def values_of(report: NativesReport, library: str, key: str) -> list[float] | None:
    """What a probe gave, if it gave numbers."""
    answer = report.answers.get(library, {}).get(key, {})
    return list(map(float, answer["values"])) if "values" in answer else None


def _defaults(report: NativesReport) -> Iterator[Difference]:
    """Calls with nothing said, measured against one another."""
    for name in report.functions:
        sides: dict[str, list[str]] = {}
        results: dict[str, list[float]] = {}
        for row in NATIVES:
            key = f"usual {name} {row.path}"
            found = values_of(report, row.library, key) if row.function == name else None
            if found is None or not row.same or set(row.required) - {"axis"}:
                continue
            ours = multiact.records[name].signature.parameters
            meaning = row.meaning()
            said = {p: meaning.get(p, ours[p].default) for p in row.names if p not in row.required}
            label = ", ".join(f"{p}={value!r}" for p, value in said.items()) or "no parameter"
            sides.setdefault(label, []).append(row.path)
            results[label] = found
        measured = np.array(list(results.values()))
        if len(results) > 1:
            gap = float((measured.max(axis=0) - measured.min(axis=0)).max())
            # The same meaning in other words is no difference: no parameter for a fixed default.
            if gap > TOLERANCE * DTYPES["float32"].eps:
                yield Difference("default", name, "by default", gap, sides)


def _untold(report: NativesReport) -> Iterator[Difference]:
    """What is normalised if no axis is said, on three dimensions."""
    for name in report.functions:
        sides: dict[str, list[str]] = {}
        apart = 0.0
        for row in NATIVES:
            if row.function != name or row.library not in report.answers or "axis" not in row.names:
                continue
            own = row.names["axis"]
            if "axis" not in row.required:
                sides.setdefault("takes the last axis", []).append(row.path)
                continue
            answer = report.answers[row.library].get(f"untold {name} {row.path}", {})
            if "values" not in answer:
                label = f"demands {own}"
            else:
                label = f"{own}={row.defaults.get(own)!r}: takes other axes"
                wanted = np.asarray(multiact.records[name].function(np.array(CUBE))).ravel()
                got = np.array(list(map(float, answer["values"])))
                same_size = got.size == wanted.size
                gap = float(np.abs(got - wanted).max()) if same_size else math.inf
                apart = max(apart, gap)
            sides.setdefault(label, []).append(row.path)
        if len(sides) > 1:
            yield Difference("default", name, "without an axis", apart, sides)


def _specials(report: NativesReport) -> Iterator[Difference]:
    """At kinks, zeros, infinities and NaN, in the dtype that is most used."""
    dtype = reference_dtype(report)
    groups: dict[tuple[str, str, str, str], list[Special]] = {}
    for one in report.findings.specials:
        if one.dtype == dtype and one.mode == "eager":
            key = (one.function, one.case, one.quantity, repr(one.x))
            groups.setdefault(key, []).append(one)
    for (function, case, quantity, _), ones in groups.items():
        results = {one.library: one.got for one in ones}
        x, scale = ones[0].x, max(1.0, abs(ones[0].expected))
        sides, amount = sides_of(results, dtype, signed=quantity == "value", scale=scale)
        if len(sides) > 1:
            what = f"{SYMBOLS[quantity]}({number(x)})" + (f" with {case}" if case else "")
            kink = "kink" if quantity == "derivative" and math.isfinite(x) else "special"
            yield Difference(kink, function, what, amount, sides)


def _rows(report: NativesReport) -> Iterator[Difference]:
    """Special rows."""
    keys = {key for answers in report.answers.values() for key in answers if key.startswith("row ")}
    for key in sorted(keys):
        _, function, row = key.split(" ", 2)
        sides: dict[str, list[str]] = {}
        found = {}
        for library in report.answers:
            values = values_of(report, library, key)
            if values is not None:
                found[library] = np.array(values)
                text = f"[{', '.join(number(value, 3) for value in values)}]"
                sides.setdefault(text, []).append(library)
        if len(sides) < 2:
            continue
        table = np.stack(list(found.values()))
        nan = np.isnan(table)
        with np.errstate(invalid="ignore"):
            gap = np.nan_to_num(table.max(axis=0) - table.min(axis=0)).max()
        amount = math.inf if (nan != nan[0]).any() else float(gap)
        if amount > TOLERANCE * DTYPES["float32"].eps:
            yield Difference("special", function, f"of {row}", amount, sides)


def _values(report: NativesReport) -> Iterator[Difference]:
    """Over all points, each dtype by itself."""
    for one in report.apart:
        if one.ulps > TOLERANCE:
            sides: dict[str, list[str]] = {}
            for library, result in zip(one.libraries, one.results, strict=True):
                sides.setdefault(number(result), []).append(library)
            case = f" with {one.case}" if one.case else ""
            what = (
                f"{SYMBOLS[one.quantity]} in {one.dtype}{case} at {one.where} "
                f"({number(one.ulps, 3)} ULP apart, truth {number(one.expected)})"
            )
            yield Difference(one.quantity, one.function, what, one.scaled, sides)


def _seconds(report: NativesReport) -> Iterator[Difference]:
    """Second derivatives that are missing, or NaN at ordinary x."""
    dtype = reference_dtype(report)
    for name in report.functions:
        sides: dict[str, list[str]] = {}
        for state in report.backends:
            cells = [
                cell
                for cell in report.cells
                if (cell.function, cell.backend, cell.dtype) == (name, state.name, dtype)
                and (cell.quantity, cell.mode, cell.case) == ("second", "eager", "")
            ]
            if not cells:
                continue
            lost = [
                one
                for one in report.findings.regions
                if (one.function, one.library, one.dtype) == (name, state.name, dtype)
                and (one.quantity, one.mode, one.case) == ("second", "eager", "")
                and min(abs(one.low), abs(one.high)) <= SANE
            ]
            if cells[0].error is not None:
                label = "has none"
            elif lost:
                label = f"NaN on {number(lost[0].low)} … {number(lost[0].high)}"
            else:
                label = "has it"
            sides.setdefault(label, []).append(state.name)
        if len(sides) > 1:
            broken = any(label.startswith("NaN") for label in sides)
            yield Difference("second", name, "f″", math.inf if broken else 1.0, sides)


SANE = 1e4
"""NaN beyond this magnitude alone is no news about a second derivative."""


def _dtypes(report: NativesReport) -> Iterator[Difference]:
    """Which dtypes are taken, and what they become."""
    keys = {key for answers in report.answers.values() for key in answers if key[:6] == "dtype "}
    for key in sorted(keys):
        _, function, dtype = key.split(" ")
        sides: dict[str, list[str]] = {}
        for library, answers in report.answers.items():
            if key in answers:
                label = answers[key].get("dtype")
                sides.setdefault(f"gives {label}" if label else "refuses", []).append(library)
        if len(sides) > 1:
            yield Difference("dtype", function, f"of {dtype}", 0.0, sides)


def reference_dtype(report: NativesReport) -> str:
    """The dtype that special points are compared in: float32 if it was measured."""
    return "float32" if "float32" in report.dtypes else report.dtypes[0]


def sides_of(
    results: Mapping[str, float], dtype: str, *, signed: bool, scale: float
) -> tuple[dict[str, list[str]], float]:
    """Libraries by result, those that only round differently together; and how far they go apart.

    ``signed`` tells the zeros apart.
    """
    near = TOLERANCE * DTYPES[dtype].eps * scale
    groups: list[tuple[float, list[str]]] = []
    for library, value in results.items():
        for other, members in groups:
            if _alike(value, other, near, signed):
                members.append(library)
                break
        else:
            groups.append((value, [library]))
    sides = {number(value): members for value, members in groups}
    return sides, _amount([value for value, _ in groups], scale)


def _alike(one: float, other: float, near: float, signed: bool) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    if signed and one == other == 0:
        return math.copysign(1, one) == math.copysign(1, other)
    return one == other or abs(one - other) <= near


def _amount(values: Sequence[float], scale: float) -> float:
    if any(map(math.isnan, values)) and len(values) > 1:
        return math.inf
    return (max(values) - min(values)) / scale if len(values) > 1 else 0.0


def by_kind(found: Iterable[Difference]) -> dict[str, list[Difference]]:
    """The differences of each kind, in their order."""
    kinds: dict[str, list[Difference]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    return kinds
