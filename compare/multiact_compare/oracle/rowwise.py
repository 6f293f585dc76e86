"""The defining formulas of all functions of whole rows, by name."""

from __future__ import annotations

from multiact_compare.oracle import gated, grouped, normalising, sparse
from multiact_compare.oracle.row import RowFormulas

FAMILIES = (normalising, sparse, grouped, gated)

ROW_FORMULAS: RowFormulas = {
    name: formula for family in FAMILIES for name, formula in family.ROW_FORMULAS.items()
}
