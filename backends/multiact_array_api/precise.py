"""The precise tier: 16 and 32 bits are computed in float64 and rounded once."""

from __future__ import annotations

from multiact.backend import build, welcome
from multiact_array_api.lift import ArrayLift

_functions = build(__name__, ArrayLift(precise=True))
globals().update(_functions)
welcome(__name__, ArrayLift(precise=True))

__all__ = list(_functions)
