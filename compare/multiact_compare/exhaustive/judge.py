"""Judges blocks of consecutive results: float64 where its bound decides, else the oracle.

Of every error in ULP there is a lower and an upper bound. Where both lie in the same quarter of an
ULP and on the same side of what is allowed, the verdict is certain; the other points are given to
the oracle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from multiact_compare.contract import CORRECT
from multiact_compare.dtypes import Bits, Doubles
from multiact_compare.exhaustive import exact, space
from multiact_compare.exhaustive.bounds import Bounds, Comparison, Spacing, quarters
from multiact_compare.exhaustive.definitions import DEFINITIONS
from multiact_compare.exhaustive.exact import Rules
from multiact_compare.exhaustive.reference import Oracle, Reference
from multiact_compare.exhaustive.space import Segment
from multiact_compare.exhaustive.tally import BINS, BINS_PER_ULP, Tally
from multiact_compare.plan import Quantity, Where

SLICE = 1 << 13
"""Points at a time: the arrays in use then stay in the second-level cache."""

QUARTER = 1 / BINS_PER_ULP


@dataclass
class Ledger:
    """A quantity's rules, the kinds of places whose failures are known, and its tally."""

    rules: Rules
    excused: Collection[Where]
    tally: Tally


class Judge:
    """Judges the results of one case in one dtype."""

    def __init__(self, ledgers: Mapping[Quantity, Ledger], segments: Sequence[Segment]) -> None:
        rules = next(iter(ledgers.values())).rules
        self._ledgers = dict(ledgers)
        self._segments = segments
        self._dtype = rules.dtype
        definition = DEFINITIONS[rules.case.function](**rules.case.params)
        self._oracle = Oracle(definition, rules.dtype, tuple(ledgers))
        self._comparison = Comparison(rules.dtype, SLICE)

    def block(self, start: int, results: Mapping[Quantity, Bits]) -> None:
        """Judge results at consecutive keys from ``start`` on."""
        stop = start + len(next(iter(results.values())))
        # A signalling NaN raises a flag when it is widened, an overflow when it is scaled.
        with np.errstate(invalid="ignore", over="ignore"):
            for segment in self._segments:
                left, right = max(start, segment.start), min(stop, segment.stop)
                if left < right:
                    part = {q: bits[left - start : right - start] for q, bits in results.items()}
                    self._part(segment, left, right, part)

    def _part(
        self, segment: Segment, left: int, right: int, results: Mapping[Quantity, Bits]
    ) -> None:
        for quantity, bits in results.items():
            tally = self._ledgers[quantity].tally
            tally.inputs += bits.size
            if segment.where == "nan":
                self._nans(tally, left, bits)
        if segment.where == "nan":
            return
        for run in self._oracle.runs(segment, left, right):
            for index, (quantity, bits) in enumerate(results.items()):
                part, ledger = bits[run.start - left : run.stop - left], self._ledgers[quantity]
                if run.references is None:
                    self._exactly(ledger, segment, np.arange(run.start, run.stop), part)
                else:
                    self._run(ledger, segment, run.start, part, run.references[index])

    def _nans(self, tally: Tally, left: int, bits: Bits) -> None:
        tally.judged += bits.size
        wrong = np.flatnonzero(~np.isnan(bits.view(self._dtype.native)))
        tally.failures["nan"] += int(wrong.size)
        if wrong.size:
            tally.see_not_nan(left + int(wrong[0]), int(bits[wrong[0]]))

    # By float64

    def _run(
        self, ledger: Ledger, segment: Segment, start: int, bits: Bits, reference: Reference
    ) -> None:
        for offset in range(0, bits.size, SLICE):
            part = bits[offset : offset + SLICE]
            room = self._comparison.reference(part.size)
            values = reference.values(offset, part.size, room)
            bounds = self._comparison.bounds(part, values, reference.error)
            self._slice(ledger, segment, start + offset, part, values, bounds)

    def _slice(
        self,
        ledger: Ledger,
        segment: Segment,
        start: int,
        bits: Bits,
        reference: Doubles,
        bounds: Bounds,
    ) -> None:
        tally, top = ledger.tally, int(np.argmax(bounds.high))
        worst = float(bounds.high[top])
        if not segment.judged:
            tally.see("beyond", worst, start + top, int(bits[top]))
            return
        if worst < QUARTER:
            tally.judged += bits.size
            tally.histogram[0] += bits.size
        else:
            open_ = self._count(ledger, segment, bounds, worst)
            if open_.any():
                at = np.flatnonzero(open_)
                self._exactly(ledger, segment, start + at, bits[at])
                bounds.high[at] = -np.inf
                bounds.errors[at] = 0.0
                top = int(np.argmax(bounds.high))
                worst = float(bounds.high[top])
        tally.see("ulp", worst, start + top, int(bits[top]))
        self._sized(ledger, start, bits, reference, bounds, worst)
        if segment.where not in ledger.excused:
            self._ratio(ledger, start, bits, bounds, worst)

    def _count(
        self, ledger: Ledger, segment: Segment, bounds: Bounds, worst: float
    ) -> NDArray[np.bool_]:
        """Enter all verdicts that are certain; returns which are not."""
        tally, rules = ledger.tally, ledger.rules
        bins = quarters(bounds.high, worst)
        open_: NDArray[np.bool_] = quarters(bounds.low, worst) != bins
        wrong = bounds.low > CORRECT
        if worst > CORRECT:
            open_ |= wrong ^ (bounds.high > CORRECT)
        if worst > rules.allowed_ulps:
            at = np.flatnonzero(bounds.high > rules.allowed_ulps)
            most = _ratios(rules, bounds.errors[at] + bounds.slack, _pick(bounds.fine, at))
            least = _ratios(rules, bounds.errors[at] - bounds.slack, _pick(bounds.coarse, at))
            open_[at] |= (most > 1) != (least > 1)
            tally.failures[segment.where] += int(((least > 1) & ~open_[at]).sum())
        certain = ~open_ if open_.any() else slice(None)
        counts = np.bincount(bins[certain], minlength=BINS)
        tally.histogram += counts
        tally.judged += int(counts.sum())
        tally.misrounded += int(np.count_nonzero(wrong[certain]))
        return open_

    def _sized(
        self,
        ledger: Ledger,
        start: int,
        bits: Bits,
        reference: Doubles,
        bounds: Bounds,
        worst: float,
    ) -> None:
        """The worst in ULP among results above the absolute bound."""
        tally, absolute = ledger.tally, ledger.rules.absolute
        if worst <= tally.size_of("sized") or bounds.largest < absolute:
            return
        inside = bounds.high
        if bounds.smallest < absolute:
            inside = np.where(np.abs(reference) >= absolute, inside, -np.inf)
        at = int(np.argmax(inside))
        if inside[at] >= 0:
            tally.see("sized", float(inside[at]), start + at, int(bits[at]))

    def _ratio(self, ledger: Ledger, start: int, bits: Bits, bounds: Bounds, worst: float) -> None:
        """The largest share of what is allowed; never more than that of the ULP allowed."""
        tally, rules = ledger.tally, ledger.rules
        if worst / rules.allowed_ulps <= tally.size_of("ratio"):
            return
        ratios = _ratios(rules, bounds.errors + bounds.slack, bounds.fine)
        at = int(np.argmax(ratios))
        tally.see("ratio", float(ratios[at]), start + at, int(bits[at]))

    # By the oracle

    def _exactly(
        self, ledger: Ledger, segment: Segment, keys: NDArray[np.int64], bits: Bits
    ) -> None:
        """Enter the oracle's verdicts."""
        tally, rules = ledger.tally, ledger.rules
        tally.fallbacks += keys.size
        x = np.array([space.number(self._dtype, int(key)) for key in keys])
        found = exact.verdicts(rules, x, bits)
        if np.isinf(segment.about):
            tally.ends[str(segment.about)] = int(bits[0])
        known = ~np.isnan(found.ulps)
        if not segment.judged:
            for index in np.flatnonzero(known & np.isfinite(x)):
                amount = float(found.ulps[index])
                tally.see("beyond", amount, int(keys[index]), int(bits[index]))
            return
        if not known.all() and np.isinf(segment.about):
            # There is no limit: NaN is to say so.
            self._nans(tally, int(keys[0]), bits)
            return
        tally.judged += int(known.sum())
        where = segment.where
        broken = known & (found.ratios > 1)
        tally.failures[where] += int(np.count_nonzero(broken))
        tally.misrounded += int((known & (found.ulps > CORRECT)).sum())
        tally.histogram += np.bincount(quarters(found.ulps[known], np.inf), minlength=BINS)
        peaks = [("ulp", found.ulps, known), ("sized", found.ulps, known & found.sized)]
        if where not in ledger.excused:
            peaks.append(("ratio", found.ratios, known))
        for peak, amounts, among in peaks:
            if among.any():
                at = int(np.argmax(np.where(among, amounts, -np.inf)))
                tally.see(peak, float(amounts[at]), int(keys[at]), int(bits[at]))


def _ratios(rules: Rules, errors: Doubles, spacing: Spacing) -> Doubles:
    """Errors as shares of what is allowed."""
    allowed = np.maximum(rules.allowed_ulps * spacing, rules.absolute)
    shares: Doubles = errors / allowed
    return shares


def _pick(spacing: Spacing, at: NDArray[np.int64]) -> Spacing:
    return spacing if isinstance(spacing, float) else spacing[at]
