"""JAX's own functions, where they keep the contract and are faster than the formula.

Under XLA a formula is one fused kernel like a native function, so a native one is worth it only
where it needs less work: the derivatives of relu and the logistic function reuse the value, and
softmax has no NaN to look for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from multiact import _arguments
from multiact.backend import Native
from multiact_jax.lift import ARITHMETIC

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


WIDE = frozenset((jnp.dtype(jnp.float32), jnp.dtype(jnp.float64)))

NATIVES: dict[str, Native] = {f.__name__: f for f in (relu, sigmoid, softmax)}
