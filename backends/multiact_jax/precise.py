"""The precise tier on JAX: 16 and 32 bits are computed in float64 and rounded once.

Also where ``jax_enable_x64`` is off: it is switched on while a function is traced, not outside.
"""

from __future__ import annotations

from multiact.backend import build, welcome
from multiact_jax.lift import JaxLift

_functions = build(__name__, JaxLift(precise=True))
globals().update(_functions)
welcome(__name__, JaxLift(precise=True))

__all__ = list(_functions)
