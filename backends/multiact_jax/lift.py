"""Formulas as differentiable JAX functions: ``jit(custom_jvp(formula))``.

The ``jit`` is what makes a bare call cheap (a custom_jvp outside of jit costs twenty times as
much), and inside a caller's own jit it disappears.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact_jax import primitives as xp

# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    jnp.dtype(jnp.float16): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.bfloat16): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.float32): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.float64): jnp.dtype(jnp.float64),
}


def is_integer(dtype: Any) -> bool:
    return bool(jnp.issubdtype(dtype, jnp.integer))


def promote(function: str, x: Any) -> Any:
    """Integers and bool to the default floating dtype, anything else refused."""
    if is_integer(x.dtype) or x.dtype == jnp.bool_:
        return x.astype(jnp.result_type(float))
    raise _errors.unsupported_dtype(function, x.dtype)


class JaxLift:
    """Every formula as a jitted function with its own derivative."""

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        lifted = _elementwise(formula)
        names = formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                if keeps_integers and is_integer(x.dtype):
                    return formula.value(xp, x, *parameters)
                x = promote(function, x)
            for name, parameter in zip(names, parameters, strict=True):
                if check_parameter(self, function, name, parameter, x):
                    _check_dtype(function, name, parameter, x)
            return lifted(x, *parameters)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        lifted = _rowwise(formula)

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            return lifted(x, mask, static)

        return apply

    def is_array(self, value: Any) -> bool:
        return isinstance(value, jax.Array)

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return x.reshape(shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == jnp.bool_)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        if rng is None:
            raise ValueError(
                f"{function} got rng=None in training. JAX has no global generator: pass a key "
                f"(rng=jax.random.key(0)), an int seed, or the slopes themselves."
            )
        dtype = ARITHMETIC.get(x.dtype) or jnp.result_type(float)
        return jax.random.uniform(_key(function, rng), x.shape, dtype, lower, upper)


def _key(function: str, rng: Any) -> Any:
    if isinstance(rng, jax.Array) and (
        jnp.issubdtype(rng.dtype, jax.dtypes.prng_key) or rng.dtype == jnp.uint32
    ):
        return rng
    try:
        return jax.random.key(operator.index(rng))
    except TypeError:
        raise TypeError(
            f"{function} got rng of type {_errors.describe(type(rng))}. Allowed for JAX arrays is "
            f"a key (jax.random.key(0)) or an int seed."
        ) from None


def _check_dtype(function: str, name: str, parameter: Any, x: Any) -> None:
    known = ARITHMETIC.get(parameter.dtype)
    compute = ARITHMETIC[x.dtype]
    if known is None or jnp.promote_types(known, compute) != compute:
        raise _errors.parameter_dtype(function, name, parameter.dtype, x.dtype)


def _ready(x: Any, parameters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    compute = ARITHMETIC[x.dtype]
    return x.astype(compute), tuple(jnp.asarray(p, compute) for p in parameters)


def _keeping_inputs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reverse mode keeps the function's inputs and computes the rest anew."""
    return jax.checkpoint(function, prevent_cse=False)


def _elementwise(formula: Elementwise) -> Callable[..., Any]:
    @jax.custom_jvp
    def lifted(x: Any, *parameters: Any) -> Any:
        ready, params = _ready(x, parameters)
        return formula.value(xp, ready, *params).astype(x.dtype)

    def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        # A parameter that is not differentiated must not cost its partial derivative.
        moving = [i for i, t in enumerate(tangents) if not isinstance(t, SymbolicZero)]

        def change(primals: tuple[Any, ...], steps: list[Any]) -> Any:
            x, *parameters = primals
            ready, params = _ready(x, tuple(parameters))
            terms = [
                formula.partials[i](xp, ready, *params) * step.astype(ready.dtype)
                for i, step in zip(moving, steps, strict=True)
            ]
            return sum(terms[1:], terms[0]).astype(x.dtype)

        y = lifted(*primals)
        if not moving:
            return y, jnp.zeros_like(y)
        return y, _keeping_inputs(change)(primals, [tangents[i] for i in moving])

    lifted.defjvp(rule, symbolic_zeros=True)
    return jax.jit(lifted)


def _rowwise(formula: Rowwise) -> Callable[..., Any]:
    def call(x: Any, mask: Any, static: tuple[Any, ...]) -> Any:
        @jax.custom_jvp
        def lifted(x: Any, mask: Any) -> Any:
            return formula.value(xp, x.astype(ARITHMETIC[x.dtype]), mask, *static).astype(x.dtype)

        def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            def change(x: Any, mask: Any, step: Any) -> Any:
                ready = x.astype(ARITHMETIC[x.dtype])
                moved = formula.pushforward(xp, ready, step.astype(ready.dtype), mask, *static)
                return moved.astype(x.dtype)

            return lifted(*primals), _keeping_inputs(change)(*primals, tangents[0])

        lifted.defjvp(rule)
        return lifted(x, mask)

    call.__name__ = formula.name
    return jax.jit(call, static_argnums=2)
