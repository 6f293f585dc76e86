"""What a run excuses: its known deviations, and those that have become stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import multiact
from multiact_compare import customs
from multiact_compare.deviations import ANY, Deviation, of_custom
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import MODES, PROBED, SLOW
from multiact_compare.results import Cell

if TYPE_CHECKING:
    from multiact_compare.parity import Request


def stale(request: Request, cells: Sequence[Cell]) -> Iterator[str]:
    """Rows of the table of deviations that no longer describe a failure.

    A row is only called stale by a run that measured everything the row speaks of.
    """
    complete = request.float32_points >= request.tier.points
    for row in of_run(request):
        if customs.is_custom(row.function):
            continue
        mine = [
            cell
            for cell in cells
            if row.covers(cell.backend, cell.function, cell.dtype, cell.quantity, cell.mode)
        ]
        # The slow backends get further parameter settings in one dtype only.
        whole = request.thorough or row.backend not in SLOW or row.dtype in (ANY, PROBED)
        everything = (
            whole
            and (row.function != ANY or set(multiact.records) <= set(request.functions))
            and (row.dtype != ANY or set(request.dtypes) == set(DTYPES))
            and (row.mode != ANY or set(request.modes) == set(MODES))
            and (complete or row.where not in ("finite", "remote"))
        )
        if mine and everything and not any(cell.failures.get(row.where) for cell in mine):
            yield (
                f"deviations: {row.backend} {row.function} {row.dtype} {row.quantity} {row.mode} "
                f"{row.where} no longer deviates: remove this row"
            )


def of_run(request: Request) -> tuple[Deviation, ...]:
    """The known deviations that concern the run."""
    rows = [row for row in request.deviations if row.tier == request.tier_name]
    if request.tier_name == "default":
        own = filter(customs.is_custom, request.functions)
        rows += [row for name in own for row in of_custom(name)]
    return tuple(rows)
