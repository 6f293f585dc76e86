"""JAX's primitives: what the shared formulas are written over."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

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
exp = lax.exp
expm1 = lax.expm1
log = lax.log
log1p = lax.log1p
sqrt = lax.sqrt
sin = lax.sin
cos = lax.cos
atan = jnp.arctan
tanh = lax.tanh
sigmoid = lax.logistic
erf = lax.erf
erfc = jax.scipy.special.erfc
abs = lax.abs
where = jnp.where
maximum = jnp.maximum
minimum = jnp.minimum
expand_dims = jnp.expand_dims
detach = lax.stop_gradient


@jax.custom_jvp
def truncate(x: Any) -> Any:
    """x in float64 without its 27 lowest bits; the derivative is that of x."""
    bits = lax.bitcast_convert_type(x, jnp.int64) & jnp.int64(-(1 << 27))
    return lax.bitcast_convert_type(bits, jnp.float64)


@truncate.defjvp
def _truncate_rule(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    # It may be asked for outside of the scope where 64 bits exist.
    with jax.enable_x64(True):
        return truncate(*primals), tangents[0]


@jax.custom_jvp
def sigmoids(x: Any) -> tuple[Any, Any]:
    # One exponential and one division for both; by sign, so the derivative at 0 needs a rule.
    e = lax.exp(-lax.abs(x))
    large = 1 / (1 + e)
    small = e * large
    return jnp.where(x >= 0, large, small), jnp.where(x >= 0, small, large)


@sigmoids.defjvp
def _sigmoids_rule(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    # In the precise tier the rule may be asked for outside of the scope where 64 bits exist.
    wide = primals[0].dtype == jnp.float64
    with jax.enable_x64(True) if wide else nullcontext():
        s, r = sigmoids(*primals)
        change = tangents[0] * (s * r)
        return (s, r), (change, -change)


def sum(x: Any, axis: int) -> Any:
    return jnp.sum(x, axis=axis)


def max(x: Any, axis: int) -> Any:
    # XLA's vectorised reduction on CPUs loses NaN.
    return jnp.where(jnp.any(jnp.isnan(x), axis=axis), jnp.nan, largest(x, axis))


def largest(x: Any, axis: int) -> Any:
    # An empty axis has no maximum; −inf lets softmax of an empty row be empty.
    return jnp.max(x, axis=axis, initial=-jnp.inf)


def split_axis(x: Any, axis: int, pieces: int) -> Any:
    return x.reshape(*x.shape[:axis], x.shape[axis] // pieces, pieces, *x.shape[axis + 1 :])


def merge_axes(x: Any, axis: int) -> Any:
    return x.reshape(*x.shape[:axis], x.shape[axis] * x.shape[axis + 1], *x.shape[axis + 2 :])


def astype_like(condition: Any, x: Any) -> Any:
    return condition.astype(x.dtype)


def halves(x: Any, axis: int) -> tuple[Any, Any]:
    first, second = jnp.split(x, 2, axis=axis)
    return first, second


def concat(parts: tuple[Any, ...], axis: int) -> Any:
    return jnp.concatenate(parts, axis=axis)


def sort(x: Any, axis: int) -> Any:
    return jnp.sort(x, axis=axis)


def cumsum(x: Any, axis: int) -> Any:
    return jnp.cumsum(x, axis=axis)
