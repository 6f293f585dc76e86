"""What a sweep is asked for, and the lines of work that it consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import multiact
from multiact_compare import deviations, oracle, plan
from multiact_compare.dtypes import DTYPES, DType
from multiact_compare.exhaustive import space
from multiact_compare.exhaustive.definitions import DEFINITIONS
from multiact_compare.exhaustive.exact import Rules
from multiact_compare.exhaustive.judge import Judge, Ledger
from multiact_compare.exhaustive.tally import Tally
from multiact_compare.plan import WIDE_ONLY, Case, Quantity, TierName
from multiact_compare.tiers import TIERS, Tier

QUANTITIES: tuple[Quantity, ...] = ("value", "derivative")


@dataclass(frozen=True)
class Range:
    """The numbers from ``low`` to ``high``, both included; without, all bit patterns."""

    low: float
    high: float

    def keys(self, dtype: DType) -> tuple[int, int]:
        """The first key, and the one after the last."""
        return space.first_from(dtype, self.low), space.last_until(dtype, self.high) + 1


@dataclass(frozen=True)
class Request:
    """What to sweep over. ``named`` are the backends that the user insists on."""

    functions: Sequence[str]
    dtype_name: str
    backends: Sequence[str]
    named: frozenset[str] = frozenset()
    quantities: Sequence[Quantity] = QUANTITIES
    tier_name: TierName = "default"
    range: Range | None = None
    all_cases: bool = False
    jobs: int = 0

    @property
    def dtype(self) -> DType:
        """The dtype, every number of which is tried."""
        return DTYPES[self.dtype_name]

    @property
    def tier(self) -> Tier:
        """The contract."""
        return TIERS[self.tier_name]

    def keys(self) -> tuple[int, int]:
        """The first key, and the one after the last."""
        return self.range.keys(self.dtype) if self.range else (0, 1 << self.dtype.width)

    def cases(self) -> list[Case]:
        """The elementwise functions' first cases, or all of them."""
        names = [name for name in self.functions if name in DEFINITIONS]
        everything = plan.cases(multiact.records, names, oracle.kinks)
        return [case for case in everything if self.all_cases or case.first]

    def measurable(self) -> list[str]:
        """The backends that have the dtype."""
        wide = self.dtype.width > 16
        return [name for name in self.backends if wide or name not in WIDE_ONLY]


def judge_of(
    case: Case,
    backend: str,
    dtype: DType,
    tier: Tier,
    quantities: Sequence[Quantity],
    keys: tuple[int, int],
) -> tuple[Judge, dict[Quantity, Tally]]:
    """A judge of a backend's results, and the tallies that it fills."""
    tallies: dict[Quantity, Tally] = {quantity: Tally() for quantity in quantities}
    ledgers = {
        quantity: Ledger(
            Rules(case, dtype, quantity, tier),
            frozenset(excuses(case, backend, dtype, tier, quantity)),
            tally,
        )
        for quantity, tally in tallies.items()
    }
    # Values and derivatives are judged up to the same magnitude.
    reach = min(tier.reach[quantity] for quantity in quantities)
    parts = space.segments(
        dtype,
        *keys,
        reach=reach,
        infinities=tier.infinities,
        kinks=case.kinks,
        joints=DEFINITIONS[case.function](**case.params).joints,
    )
    return Judge(ledgers, parts), tallies


def excuses(
    case: Case, backend: str, dtype: DType, tier: Tier, quantity: Quantity
) -> dict[plan.Where, str]:
    """The known deviations of eager results, and their reasons."""
    known = [row for row in deviations.DEVIATIONS if row.tier == tier.name]
    found = deviations.excuse(known, backend, case.function, dtype.name, quantity, "eager")
    return {where: row.reason for where, row in found.items()}
