"""What a run excuses: its known deviations, and those that have become stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import multiact
from multiact_compare import customs
from multiact_compare.deviations import ANY, Deviation, of_custom
from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import MODES, NEVER_COMPILED, PROBED, SLOW, compiled_in_all
from multiact_compare.results import Cell

if TYPE_CHECKING:
    from multiact_compare.parity import Request


def stale(request: Request, cells: Sequence[Cell]) -> Iterator[str]:
    """Rows of the table of deviations that no longer describe a failure.

    A row is only called stale by a run that measured everything the row speaks of.
    """
    all_settings = request.thorough or request.tier_name != "default"
    complete = all_settings and request.float32_points >= request.tier.points
    for row in of_run(request):
        if customs.is_custom(row.function):
            continue
        mine = [
            cell
            for cell in cells
            if row.covers(cell.backend, cell.function, cell.dtype, cell.quantity, cell.mode)
        ]
        everything = (
            (request.thorough or not _only_probed(row) or row.dtype in (ANY, PROBED))
            and (row.function != ANY or set(multiact.records) <= set(request.functions))
            and (row.dtype != ANY or set(request.dtypes) == set(DTYPES))
            and (row.mode != ANY or set(request.modes) == set(MODES))
            and (complete or row.where not in ("root", "finite"))
        )
        if mine and everything and not any(cell.failures.get(row.where) for cell in mine):
            yield (
                f"deviations: {row.backend} {row.function} {row.dtype} {row.quantity} {row.mode} "
                f"{row.where} no longer deviates: remove this row"
            )


def _only_probed(row: Deviation) -> bool:
    """Whether a default run measures some of what the row speaks of in one dtype only: further
    parameter settings on the slow backends, or less common functions compiled or twice.
    """
    if row.tier == "precise" and row.mode != "compiled":
        return False
    compiled = row.mode != "eager" and row.backend not in NEVER_COMPILED
    rare = row.function == ANY or not compiled_in_all(row.function)
    seldom = rare and (compiled or row.quantity == "second")
    return row.backend in SLOW or (row.tier == "default" and seldom)


def of_run(request: Request) -> tuple[Deviation, ...]:
    """The known deviations that concern the run."""
    rows = [row for row in request.deviations if row.tier == request.tier_name]
    if request.tier_name == "default":
        own = filter(customs.is_custom, request.functions)
        rows += [row for name in own for row in of_custom(name)]
    return tuple(rows)
