"""The precise tier on TensorFlow: 16 and 32 bits are computed in float64 and rounded once."""

from __future__ import annotations

from multiact.backend import build, welcome
from multiact_tensorflow.lift import TensorFlowLift

_functions = build(__name__, TensorFlowLift(precise=True))
globals().update(_functions)
welcome(__name__, TensorFlowLift(precise=True))

__all__ = list(_functions)
