"""The mathematics of every function, once, over primitives.

Each module is a family and holds, per function, a formula (an ``Elementwise`` or ``Rowwise``) and
a factory of the function's name. A factory takes a backend's lift and returns the function with
the front end's signature: it checks arguments and chooses the formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multiact.formulas import (
    error_function,
    exponential,
    gated,
    grouped,
    normalising,
    periodic,
    piecewise,
    plain,
    rectifiers,
    self_gated,
    shrinkage,
    sigmoidal,
    smooth,
    sparse,
    thresholds,
)
from multiact.formulas._kinds import Elementwise, Lift, Primitives, Rowwise
from multiact.formulas._narrowing import narrowing
from multiact.formulas._tiers import precise_elementwise, precise_rowwise

__all__ = [
    "FAMILIES",
    "Elementwise",
    "Lift",
    "Primitives",
    "Rowwise",
    "error_function",
    "factory",
    "narrowing",
    "precise_elementwise",
    "precise_rowwise",
]

FAMILIES = {
    "rectifiers": rectifiers,
    "thresholds": thresholds,
    "exponential": exponential,
    "sigmoidal": sigmoidal,
    "piecewise": piecewise,
    "smooth": smooth,
    "self_gated": self_gated,
    "periodic": periodic,
    "shrinkage": shrinkage,
    "plain": plain,
    "normalising": normalising,
    "sparse": sparse,
    "grouped": grouped,
    "gated": gated,
}


def factory(family: str, name: str) -> Callable[[Lift], Callable[..., Any]]:
    """What builds one function of the catalogue, or a user's, for a backend."""
    if family == "custom":
        # Needed by few, and only once a user has given a formula.
        from multiact.formulas import custom

        return custom.factory(name)
    made: Callable[[Lift], Callable[..., Any]] = getattr(FAMILIES[family], name)
    return made
