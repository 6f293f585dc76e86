"""multiact on JAX arrays and tracers."""

from __future__ import annotations

import sys
from typing import Any

import jax
import numpy as np
from jax.sharding import SingleDeviceSharding

from multiact._dispatch import serve
from multiact._saving import tell_keras
from multiact.backend import build, welcome
from multiact_jax import precise
from multiact_jax.gradients import derivative, vjp
from multiact_jax.lift import JaxLift
from multiact_jax.natives import NATIVES

_functions = build(__name__, JaxLift(), NATIVES)
globals().update(_functions)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", "derivative", "precise", "vjp", *_functions]

# The first call may come while a function is traced, where jnp.zeros would give a tracer.
_array = jax.make_array_from_callback(
    (), SingleDeviceSharding(jax.local_devices()[0]), lambda _: np.float32(0)
)
EXACT_TYPES: dict[type, Any] = {type(_array): sys.modules[__name__]}
# The types of tracers are not subclasses of jax.Array, although their instances are.
ARRAY_TYPES = (jax.Array, jax.core.Tracer)
welcome(__name__, JaxLift())
serve(EXACT_TYPES)
tell_keras()
