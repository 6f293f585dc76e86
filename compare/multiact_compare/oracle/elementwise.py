"""The defining formulas of all elementwise functions, by name."""

from __future__ import annotations

from multiact_compare.oracle import (
    exponential,
    periodic,
    piecewise,
    plain,
    rectifiers,
    self_gated,
    shrinkage,
    sigmoidal,
    smooth,
    thresholds,
)
from multiact_compare.oracle.point import Formulas, Kinks

FAMILIES = (
    rectifiers,
    thresholds,
    exponential,
    sigmoidal,
    piecewise,
    smooth,
    self_gated,
    periodic,
    shrinkage,
    plain,
)

FORMULAS: Formulas = {
    name: formula for family in FAMILIES for name, formula in family.FORMULAS.items()
}
KINKS: Kinks = {name: kinks for family in FAMILIES for name, kinks in family.KINKS.items()}
