"""JAX's own functions, where they keep the contract and are faster than the formula.

Under XLA a formula is one fused kernel like a native function, so a native one is worth it only
where it needs less work: the derivatives of relu, the logistic function and softmax reuse the
value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp

from multiact import _arguments
from multiact.backend import Native
from multiact.formulas.normalising import LOGSUMEXP
from multiact_jax.lift import ARITHMETIC, JaxLift

Function = Callable[..., Any]


def sigmoid(formula: Function) -> Function:
    logistic = jax.jit(jax.lax.logistic)

    def sigmoid(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return logistic(x)
        return formula(x)

    return sigmoid


def relu(formula: Function) -> Function:
    native = jax.jit(jax.nn.relu)

    def relu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return native(x)
        return formula(x)

    return relu


def softmax(formula: Function) -> Function:
    native = jax.jit(jax.nn.softmax, static_argnums=1)

    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        # In 16 bits the native one rounds between its steps.
        if where is None and x.dtype in WIDE and x.ndim:
            return native(x, _arguments.check_axis("softmax", axis, x.ndim))
        return formula(x, axis, where)

    return softmax


def logsumexp(formula: Function) -> Function:
    """The native value, which has no ties to count; the formula's derivative keeps nothing."""
    of_value = replace(LOGSUMEXP, value=_logsumexp)
    native = jax.jit(JaxLift().rowwise(of_value), static_argnums=(1, 2, 3))

    def logsumexp(x: Any, axis: int = -1, keepdims: bool = False, where: Any = None) -> Any:
        # In 16 bits the native one rounds between its steps.
        if where is None and isinstance(keepdims, bool) and x.dtype in WIDE and x.ndim:
            axis = _arguments.check_axis("logsumexp", axis, x.ndim)
            return native(x, None, axis, keepdims)
        return formula(x, axis, keepdims, where)

    return logsumexp


def _logsumexp(xp: Any, x: Any, mask: None, axis: int, keepdims: bool) -> Any:
    return jax.nn.logsumexp(x, axis, keepdims=keepdims)


WIDE = frozenset((jnp.dtype(jnp.float32), jnp.dtype(jnp.float64)))

NATIVES: dict[str, Native] = {f.__name__: f for f in (relu, sigmoid, softmax, logsumexp)}
