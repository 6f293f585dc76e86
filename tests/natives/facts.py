"""What a native run found, by what one asks of it."""

from __future__ import annotations

from multiact_compare.natives import engine
from multiact_compare.natives.call import LIBRARIES
from multiact_compare.natives.differences import Difference, differences
from multiact_compare.natives.engine import NativesReport
from multiact_compare.natives.findings import Region, Split
from multiact_compare.parity import Request

from tests.natives.samples import Silent


def measured(functions: list[str], *, points: int = 2000, **more: object) -> NativesReport:
    """A run over a few functions, in float32 unless more is said."""
    settings = {"dtypes": ("float32",), "modes": ("eager",), "backends": LIBRARIES, **more}
    return engine.run(Request(functions=functions, points=points, **settings), Silent())  # type: ignore[arg-type]


class Facts:
    """A run's findings, by what one asks of them."""

    def __init__(self, report: NativesReport) -> None:
        self.report = report
        self.differences = differences(report)

    def lost(
        self,
        function: str,
        library: str,
        quantity: str,
        case: str = "",
        *,
        mode: str = "eager",
        dtype: str = "float32",
    ) -> list[Region]:
        """The lost regions of a call."""
        return [
            one
            for one in self.report.findings.regions
            if (one.function, one.library, one.quantity, one.case, one.mode, one.dtype)
            == (function, library, quantity, case, mode, dtype)
        ]

    def at(self, function: str, library: str, quantity: str, x: float) -> float:
        """The result at a special point."""
        (one,) = [
            one.got
            for one in self.report.findings.specials
            if (one.function, one.library, one.quantity, one.case, repr(one.x))
            == (function, library, quantity, "", repr(x))
        ]
        return one

    def worst(
        self,
        function: str,
        library: str,
        *,
        tail: bool = False,
        quantity: str = "value",
        dtype: str | None = None,
        mode: str | None = None,
    ) -> float:
        """The largest error in ULP over all layouts, of tiny results too or not."""
        return max(
            one.tail_ulps if tail else one.ulps
            for one in self.report.findings.worst
            if (one.function, one.library, one.quantity, one.case)
            == (function, library, quantity, "")
            and dtype in (None, one.dtype)
            and mode in (None, one.mode)
        )

    def split(self, function: str, library: str, quantity: str, other: str) -> Split:
        """How far a library's eager long results are from those of another way."""
        (one,) = [
            one
            for one in self.report.findings.splits
            if (one.function, one.library, one.quantity, one.case, one.ways[1])
            == (function, library, quantity, "", other)
        ]
        return one

    def raises(self, function: str, library: str, quantity: str) -> bool:
        """Whether a quantity cannot be had."""
        return any(
            cell.error is not None
            for cell in self.report.cells
            if (cell.function, cell.backend, cell.quantity) == (function, library, quantity)
        )

    def differs(self, kind: str, function: str, what: str) -> Difference:
        """The disagreement of a kind about something."""
        (one,) = [
            one
            for one in self.differences
            if (one.kind, one.function) == (kind, function) and what in one.what
        ]
        return one

    def row(self, function: str, library: str, row: str) -> list[float]:
        """The result of a special row."""
        return list(map(float, self.report.answers[library][f"row {function} {row}"]["values"]))


def covers(found: list[Region], kind: str, low: float, high: float) -> bool:
    """Whether an interval lies in a lost region of a kind."""
    return any(one.kind == kind and one.low <= low and one.high >= high for one in found)
