"""Between float64 and the narrower dtypes by integer arithmetic.

XLA on CPUs takes subnormal numbers for 0, also when it converts between dtypes, and may convert
float64 to 16 bits in two roundings. On the bits themselves neither happens. Integers have no
derivative, so the two conversions are primitives of their own: linear, each the other's transpose,
as ordinary conversions are. They need ``jax_enable_x64``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

SIGN, BIAS, MANTISSA = 1 << 63, 1023, 52
# dtype -> unsigned integer of its width, exponent bits, mantissa bits.
LAYOUTS = {
    jnp.dtype(jnp.float16): (jnp.uint16, 5, 10),
    jnp.dtype(jnp.bfloat16): (jnp.uint16, 8, 7),
    jnp.dtype(jnp.float32): (jnp.uint32, 8, 23),
}


def widen(x: Any) -> Any:
    """x in float64, exactly."""
    return _widen.bind(x) if x.dtype in LAYOUTS else x


def narrow(y: Any, dtype: Any) -> Any:
    """y in a dtype that is not wider, rounded once, to nearest and even."""
    return _narrow.bind(y, dtype=dtype) if dtype in LAYOUTS else y


def _with_x64(function: Callable[..., Any]) -> Callable[..., Any]:
    """JAX lowers a primitive long after the code that bound it has left its scope."""

    @wraps(function)
    def scoped(*arrays: Any, **options: Any) -> Any:
        with jax.enable_x64(True):
            return function(*arrays, **options)

    return scoped


@_with_x64
def _widened(x: Any) -> Any:
    unsigned, exponent_bits, mantissa_bits = LAYOUTS[x.dtype]
    bits = lax.bitcast_convert_type(x, unsigned).astype(jnp.uint64)
    width = exponent_bits + mantissa_bits
    magnitude = bits & ((1 << width) - 1)
    bias = (1 << (exponent_bits - 1)) - 1
    # Normal numbers: the same bits further up, with another bias; inf and NaN keep all ones.
    shifted = magnitude << (MANTISSA - mantissa_bits)
    special = magnitude >= (((1 << exponent_bits) - 1) << mantissa_bits)
    rebias = jnp.where(special, (2 * BIAS + 1) - (2 * bias + 1), BIAS - bias).astype(jnp.uint64)
    normal = lax.bitcast_convert_type(shifted + (rebias << MANTISSA), jnp.float64)
    subnormal = magnitude.astype(jnp.float64) * 2.0 ** (1 - bias - mantissa_bits)
    positive = jnp.where(magnitude < (1 << mantissa_bits), subnormal, normal)
    sign = (bits >> width) << 63
    return lax.bitcast_convert_type(
        lax.bitcast_convert_type(positive, jnp.uint64) | sign, jnp.float64
    )


@_with_x64
def _narrowed(y: Any, *, dtype: Any) -> Any:
    unsigned, exponent_bits, mantissa_bits = LAYOUTS[dtype]
    bits = lax.bitcast_convert_type(y, jnp.uint64)
    sign, magnitude = bits >> 63, bits & (SIGN - 1)
    bias = (1 << (exponent_bits - 1)) - 1
    exponent = (magnitude >> MANTISSA).astype(jnp.int64)
    # Below the smallest normal number the significand, with its leading 1, loses more bits.
    below = jnp.maximum(BIAS - bias + 1 - exponent, 0)
    significand = (magnitude & ((1 << MANTISSA) - 1)) | (1 << MANTISSA)
    source = jnp.where(below > 0, significand, magnitude)
    drop = jnp.minimum(MANTISSA - mantissa_bits + below, 63).astype(jnp.uint64)
    half = (jnp.uint64(1) << (drop - 1)) - 1
    rounded = (source + half + ((source >> drop) & 1)) >> drop
    offset = jnp.where(below > 0, 0, (BIAS - bias) << mantissa_bits).astype(jnp.uint64)
    infinity = ((1 << exponent_bits) - 1) << mantissa_bits
    result = jnp.minimum(rounded - offset, jnp.uint64(infinity))
    result = jnp.where(jnp.isnan(y), jnp.uint64(infinity | (1 << (mantissa_bits - 1))), result)
    packed = (result | (sign << (exponent_bits + mantissa_bits))).astype(unsigned)
    return lax.bitcast_convert_type(packed, dtype)


# JAX's registration functions have no types.
_widen: Any = Primitive("multiact_widen")
_narrow: Any = Primitive("multiact_narrow")
_vectorized: Any = batching.defvectorized
_linear: Any = ad.deflinear2

_widen.def_impl(_widened)
_narrow.def_impl(_narrowed)
_widen.def_abstract_eval(lambda x: x.update(dtype=jnp.dtype(jnp.float64), weak_type=False))
_narrow.def_abstract_eval(lambda y, *, dtype: y.update(dtype=dtype, weak_type=False))
mlir.register_lowering(_widen, mlir.lower_fun(_widened, multiple_results=False))
mlir.register_lowering(_narrow, mlir.lower_fun(_narrowed, multiple_results=False))
_vectorized(_widen)
_vectorized(_narrow)
_linear(_widen, lambda ct, x: [narrow(ct, x.aval.dtype)])
_linear(_narrow, lambda ct, y, *, dtype: [widen(ct)])
