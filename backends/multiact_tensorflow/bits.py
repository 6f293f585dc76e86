"""Between float64 and the narrower dtypes by integer arithmetic.

TensorFlow takes subnormal numbers for 0, also when it converts between dtypes, and goes from
float64 to 16 bits in two roundings. On the bits themselves neither happens. Integers have no
gradient, so each conversion is given the other one as its own.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from multiact_tensorflow.tape import recorded

BIAS, MANTISSA = 1023, 52
# dtype -> signed integer of its width, exponent bits, mantissa bits.
LAYOUTS = {
    tf.float16: (tf.int16, 5, 10),
    tf.bfloat16: (tf.int16, 8, 7),
    tf.float32: (tf.int32, 8, 23),
}
_shift_right, _shift_left = tf.bitwise.right_shift, tf.bitwise.left_shift


def widen(x: Any) -> Any:
    """x in float64, exactly."""
    if x.dtype not in LAYOUTS:
        return x
    if not recorded():
        return _widened(x)

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def widened(x: Any) -> Any:
        return _widened(x), lambda cotangent: narrow(cotangent, x.dtype)

    return widened(x)


def narrow(y: Any, dtype: Any) -> Any:
    """y in a dtype that is not wider, rounded once, to nearest and even."""
    if dtype not in LAYOUTS:
        return y
    if not recorded():
        return _narrowed(y, dtype)

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def narrowed(y: Any) -> Any:
        return _narrowed(y, dtype), widen

    return narrowed(y)


def _widened(x: Any) -> Any:
    signed, exponent_bits, mantissa_bits = LAYOUTS[x.dtype]
    width = exponent_bits + mantissa_bits
    bits = tf.cast(tf.bitcast(x, signed), tf.int64)
    magnitude = tf.bitwise.bitwise_and(bits, _constant((1 << width) - 1))
    bias = (1 << (exponent_bits - 1)) - 1
    # Normal numbers: the same bits further up, with another bias; inf and NaN keep all ones.
    special = magnitude >= _constant(((1 << exponent_bits) - 1) << mantissa_bits)
    rebias = tf.where(special, _constant(2 * (BIAS - bias)), _constant(BIAS - bias))
    shifted = _shift_left(magnitude, _constant(MANTISSA - mantissa_bits))
    normal = tf.bitcast(shifted + _shift_left(rebias, _constant(MANTISSA)), tf.float64)
    smallest = tf.constant(2.0 ** (1 - bias - mantissa_bits), tf.float64)
    subnormal = tf.cast(magnitude, tf.float64) * smallest
    positive = tf.where(magnitude < _constant(1 << mantissa_bits), subnormal, normal)
    sign = _shift_left(_constant(1), _constant(63)) * tf.cast(bits < 0, tf.int64)
    return tf.bitcast(tf.bitwise.bitwise_or(tf.bitcast(positive, tf.int64), sign), tf.float64)


def _narrowed(y: Any, dtype: Any) -> Any:
    signed, exponent_bits, mantissa_bits = LAYOUTS[dtype]
    bits = tf.bitcast(y, tf.int64)
    magnitude = tf.bitwise.bitwise_and(bits, _constant((1 << 63) - 1))
    bias = (1 << (exponent_bits - 1)) - 1
    exponent = _shift_right(magnitude, _constant(MANTISSA))
    # Below the smallest normal number the significand, with its leading 1, loses more bits.
    below = tf.maximum(_constant(BIAS - bias + 1) - exponent, 0)
    fraction = tf.bitwise.bitwise_and(magnitude, _constant((1 << MANTISSA) - 1))
    source = tf.where(below > 0, fraction + _constant(1 << MANTISSA), magnitude)
    drop = tf.minimum(_constant(MANTISSA - mantissa_bits) + below, 62)
    half = _shift_left(tf.ones_like(drop), drop - 1) - 1
    odd = tf.bitwise.bitwise_and(_shift_right(source, drop), _constant(1))
    rounded = _shift_right(source + half + odd, drop)
    offset = tf.where(below > 0, _constant(0), _constant((BIAS - bias) << mantissa_bits))
    infinity = ((1 << exponent_bits) - 1) << mantissa_bits
    result = tf.minimum(rounded - offset, _constant(infinity))
    quiet = _constant(infinity | (1 << (mantissa_bits - 1)))
    result = tf.where(magnitude > _constant(0x7FF << MANTISSA), quiet, result)
    # Two's complement: the sign bit of the narrow integer is its most negative number.
    negative = _shift_left(tf.cast(bits < 0, tf.int64), _constant(exponent_bits + mantissa_bits))
    return tf.bitcast(tf.cast(result - negative, signed), dtype)


def _constant(value: int) -> Any:
    return tf.constant(value, tf.int64)
