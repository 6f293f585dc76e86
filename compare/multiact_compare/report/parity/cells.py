"""The cells of a run, found by function, backend and dtype, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from multiact_compare import catalogue, customs, summary
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import Quantity
from multiact_compare.report.document import Level
from multiact_compare.results import Cell, Report
from multiact_compare.summary import SYMBOLS, number
from multiact_compare.tiers import TIERS, Tier

FIRST: tuple[Quantity, ...] = ("value", "derivative")
"""What a user meets: the quantities that an overview speaks of."""


@dataclass(frozen=True)
class Index:
    """A report whose cells are found at once."""

    report: Report
    by_place: dict[tuple[str, str, str], list[Cell]]

    @classmethod
    def of(cls, report: Report) -> Index:
        """Go through a report once."""
        found: dict[tuple[str, str, str], list[Cell]] = {}
        for cell in report.cells:
            found.setdefault((cell.function, cell.backend, cell.dtype), []).append(cell)
        return cls(report, found)

    @property
    def tier(self) -> Tier:
        """The contract of the run."""
        return TIERS[self.report.tier]

    @property
    def backends(self) -> list[str]:
        """Those that were measured, or should have been."""
        return [state.name for state in self.report.backends]

    def at(self, function: str, backend: str, dtype: str) -> list[Cell]:
        """The cells of one place of the overview."""
        return self.by_place.get((function, backend, dtype), [])

    def of_function(self, function: str) -> list[Cell]:
        """All cells of a function."""
        return [
            cell
            for backend in self.backends
            for dtype in self.report.dtypes
            for cell in self.at(function, backend, dtype)
        ]

    def allowed(self, dtype: str, quantity: Quantity) -> float:
        """How many ULP the contract allows."""
        return self.tier.allowed_ulps(DTYPES[dtype], quantity)

    def level(self, cells: Sequence[Cell]) -> Level:
        """The colour of some cells of one dtype together."""
        if not cells:
            return "none"
        if not all(cell.ok for cell in cells):
            return "bad"
        if any(cell.excused for cell in cells):
            return "poor"
        amount = self.ulps(cells) or 0.0
        allowed = min(self.allowed(cells[0].dtype, quantity) for quantity in FIRST)
        # Where little more than correct rounding is allowed, nothing can be far within it.
        return "good" if amount <= (allowed / 4 if allowed >= 8 else allowed) else "fair"

    def ulps(self, cells: Sequence[Cell]) -> float | None:
        """The worst error of value and derivative in ULP; of results whose absolute bound is the
        wider one, in ULP of the size at which the two bounds meet.
        """
        found = [
            cell.ratio.amount * self.allowed(cell.dtype, cell.quantity)
            for cell in cells
            if cell.ratio is not None and cell.quantity in FIRST
        ]
        return max(found, default=None)


def defaults(function: str, cells: Iterable[Cell]) -> str:
    """The parameters of a function's first case, as its cells spell them."""
    record = customs.records.get(function)
    if record is not None:
        return catalogue.parameters(record.cases[0])
    return next((cell.case for cell in cells), "")


def how(cell: Cell) -> str:
    """Mode, layout and parameters, as far as they are not the plain ones."""
    mode = cell.mode if cell.mode != "eager" else ""
    layout = cell.layout if cell.layout not in ("long", "row") else ""
    case = f"`{cell.case}`" if cell.case else ""
    return ", ".join(part for part in (mode, layout, case) if part)


def problem(cells: Iterable[Cell]) -> str:
    """What is wrong with cells of one function, backend, dtype and quantity, a line for each."""
    lines = []
    for cell in cells:
        name = f"{SYMBOLS[cell.quantity]}, {cell.mode}, {cell.layout}"
        name += f", {cell.case}" if cell.case else ""
        if cell.error is not None:
            lines.append(f"{name}: {cell.error}")
        for where, count in cell.broken.items():
            text = f"{name}: {count:,} results break the contract ({where})"
            if where == "nan":
                text += f"; NaN gives {number(cell.nan_failure or 0.0)}"
            elif cell.ratio is not None:
                peak, digits = cell.ratio, summary.DIGITS[cell.dtype]
                text += (
                    f"; worst at {peak.where} = {peak.x_hex}: {number(peak.got, digits)} instead "
                    f"of {number(peak.expected, digits)}, {number(peak.amount)} times what is "
                    "allowed"
                )
            lines.append(text)
    return "\n".join(lines)
