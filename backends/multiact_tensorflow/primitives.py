"""TensorFlow's primitives: what the shared formulas are written over."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

__all__ = [
    "abs",
    "astype_like",
    "atan",
    "concat",
    "cos",
    "cumsum",
    "detach",
    "erf",
    "erfc",
    "exp",
    "expand_dims",
    "expm1",
    "halves",
    "inf",
    "largest",
    "log",
    "log1p",
    "max",
    "maximum",
    "merge_axes",
    "minimum",
    "sigmoid",
    "sigmoids",
    "sin",
    "sort",
    "split_axis",
    "sqrt",
    "sum",
    "tanh",
    "truncate",
    "where",
]

inf = math.inf
exp = tf.math.exp
expm1 = tf.math.expm1
log = tf.math.log
log1p = tf.math.log1p
sqrt = tf.math.sqrt
sin = tf.math.sin
cos = tf.math.cos
atan = tf.math.atan
tanh = tf.math.tanh
sigmoid = tf.math.sigmoid
erf = tf.math.erf
erfc = tf.math.erfc
abs = tf.math.abs
maximum = tf.math.maximum
minimum = tf.math.minimum
expand_dims = tf.expand_dims
detach = tf.stop_gradient


@tf.custom_gradient  # type: ignore[untyped-decorator]
def truncate(x: Any) -> Any:
    """x in float64 without its 27 lowest bits; the derivative is that of x."""
    bits = tf.bitcast(x, tf.int64)
    kept = tf.bitwise.bitwise_and(bits, tf.constant(-(1 << 27), tf.int64))
    return tf.bitcast(kept, tf.float64), lambda cotangent: cotangent


def sigmoids(x: Any) -> tuple[Any, Any]:
    return sigmoid(x), sigmoid(-x)


def where(condition: Any, x: Any, y: Any) -> Any:
    # A Python number takes the dtype of the array beside it; two numbers would become float32.
    dtype = x.dtype if tf.is_tensor(x) else y.dtype
    return tf.where(condition, tf.convert_to_tensor(x, dtype), tf.convert_to_tensor(y, dtype))


def sum(x: Any, axis: int) -> Any:
    rank = x.shape.rank
    if rank is None or axis % rank == rank - 1:
        return tf.reduce_sum(x, axis=axis)
    # Along other axes it adds up one by one: 15 eps off where 3,000 numbers are added to a 1.
    others = [place for place in range(rank) if place != axis % rank]
    return tf.reduce_sum(tf.transpose(x, [*others, axis % rank]), axis=-1)


def max(x: Any, axis: int) -> Any:
    top = largest(x, axis)
    if tf.executing_eagerly():
        return top
    # XLA's vectorised reduction on CPUs loses NaN.
    nan = tf.reduce_any(tf.math.is_nan(x), axis=axis)
    return tf.where(nan, tf.constant(math.nan, x.dtype), top)


def largest(x: Any, axis: int) -> Any:
    return tf.reduce_max(x, axis=axis)


def split_axis(x: Any, axis: int, pieces: int) -> Any:
    shape = tf.shape(x)
    return tf.reshape(
        x, tf.concat([shape[:axis], [shape[axis] // pieces, pieces], shape[axis + 1 :]], 0)
    )


def merge_axes(x: Any, axis: int) -> Any:
    shape = tf.shape(x)
    return tf.reshape(
        x, tf.concat([shape[:axis], [shape[axis] * shape[axis + 1]], shape[axis + 2 :]], 0)
    )


def astype_like(condition: Any, x: Any) -> Any:
    return tf.cast(condition, x.dtype)


def halves(x: Any, axis: int) -> tuple[Any, Any]:
    first, second = tf.split(x, 2, axis=axis)
    return first, second


def concat(parts: tuple[Any, ...], axis: int) -> Any:
    return tf.concat(parts, axis=axis)


def sort(x: Any, axis: int) -> Any:
    return tf.sort(x, axis=axis)


def cumsum(x: Any, axis: int) -> Any:
    return tf.math.cumsum(x, axis=axis)
