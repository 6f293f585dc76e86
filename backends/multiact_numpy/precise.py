"""The precise tier on NumPy: 16 and 32 bits are computed in float64 and rounded once."""

from __future__ import annotations

from multiact.backend import build, welcome
from multiact_numpy.lift import NumpyLift

_functions = build(__name__, NumpyLift(precise=True))
globals().update(_functions)
welcome(__name__, NumpyLift(precise=True))

__all__ = list(_functions)
