"""Formulas as differentiable JAX functions: ``jit(custom_jvp(formula))``.

The ``jit`` is what makes a bare call cheap (a custom_jvp outside of jit costs twenty times as
much), and inside a caller's own jit it disappears.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact.formulas import narrowing, precise_elementwise, precise_rowwise
from multiact_jax import bits, primitives
from multiact_jax.products import product

# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    jnp.dtype(jnp.float16): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.bfloat16): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.float32): jnp.dtype(jnp.float32),
    jnp.dtype(jnp.float64): jnp.dtype(jnp.float64),
}
NARROWING = narrowing(primitives)


def is_integer(dtype: Any) -> bool:
    return bool(jnp.issubdtype(dtype, jnp.integer))


def promote(function: str, x: Any) -> Any:
    """Integers and bool to the default floating dtype, anything else refused."""
    if is_integer(x.dtype) or x.dtype == jnp.bool_:
        return x.astype(jnp.result_type(float))
    raise _errors.unsupported_dtype(function, x.dtype)


class Conversion(NamedTuple):
    """How a tier gets into its arithmetic and back."""

    arithmetic: dict[Any, Any]
    widen: Callable[[Any, Any], Any]
    narrow: Callable[[Any, Any], Any]
    x64: bool

    def over(self, dtype: Any) -> Any:
        """The primitives for results that become this dtype."""
        rounded_again = self.arithmetic[dtype] == jnp.float64 and dtype != jnp.float64
        return NARROWING if rounded_again else primitives

    def ready(self, x: Any, parameters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        """x and the parameters in the dtype of the arithmetic."""
        compute = self.arithmetic[x.dtype]
        return self.widen(x, compute), tuple(
            sum(self.widen(jnp.asarray(part), compute) for part in p)
            if isinstance(p, tuple)
            else self.widen(jnp.asarray(p), compute)
            for p in parameters
        )

    def scope(self) -> AbstractContextManager[Any]:
        """Where 64 bits exist, if the arithmetic needs them."""
        return jax.enable_x64(True) if self.x64 else nullcontext()


def _astype(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


DEFAULT = Conversion(ARITHMETIC, _astype, _astype, False)
PRECISE = Conversion(
    dict.fromkeys(ARITHMETIC, jnp.dtype(jnp.float64)),
    lambda x, dtype: bits.widen(x) if x.dtype in ARITHMETIC else x.astype(dtype),
    bits.narrow,
    True,
)


class JaxLift:
    """Every formula as a jitted function with its own derivative."""

    def __init__(self, precise: bool = False) -> None:
        self.precise = precise
        self.conversion = PRECISE if precise else DEFAULT

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        if self.precise:
            formula = precise_elementwise(formula)
        lifted = _elementwise(formula, self.conversion)
        names = formula.parameters
        keeps_integers = formula.keeps_integers
        prepared = _in_parts if self.precise else _as_it_is

        def apply(x: Any, *parameters: Any) -> Any:
            if x.dtype not in ARITHMETIC:
                if keeps_integers and is_integer(x.dtype):
                    return formula.value(primitives, x, *parameters)
                x = promote(function, x)
            for name, parameter in zip(names, parameters, strict=True):
                self.check_parameter(function, name, parameter, x)
            return lifted(x, *map(prepared, parameters))

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        if self.precise:
            formula = precise_rowwise(formula)
        lifted = _rowwise(formula, self.conversion)

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

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        if x.dtype not in ARITHMETIC:
            x = promote(function, x)
        if not check_parameter(self, function, name, value, x):
            return False
        arithmetic = self.conversion.arithmetic
        known, compute = arithmetic.get(value.dtype), arithmetic[x.dtype]
        if known is None or jnp.promote_types(known, compute) != compute:
            raise _errors.parameter_dtype(function, name, value.dtype, x.dtype)
        return True

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        if rng is None:
            raise ValueError(
                f"{function} got rng=None where it draws random numbers. JAX has no global "
                f"generator: pass a key (rng=jax.random.key(0)), an int seed, or what is to be "
                f"drawn itself."
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


def _as_it_is(parameter: Any) -> Any:
    return parameter


def _in_parts(parameter: Any) -> Any:
    """A Python number as three of float32, whose sum it is: jit would round it where x64 is off."""
    if not isinstance(parameter, (int, float)) or not 2.0**-100 < abs(parameter) < 2.0**100:
        return parameter
    high = np.float32(parameter)
    middle = np.float32(parameter - float(high))
    return high, middle, np.float32(parameter - float(high) - float(middle))


def _keeping_inputs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reverse mode keeps the function's inputs and computes the rest anew."""
    return jax.checkpoint(function, prevent_cse=False)


def _elementwise(formula: Elementwise, conversion: Conversion) -> Callable[..., Any]:
    ready, narrow, scope = conversion.ready, conversion.narrow, conversion.scope
    over = conversion.over

    @jax.custom_jvp
    def lifted(x: Any, *parameters: Any) -> Any:
        with scope():
            wide, params = ready(x, parameters)
            return narrow(formula.value(over(x.dtype), wide, *params), x.dtype)

    def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        # A parameter that is not differentiated must not cost its partial derivative.
        moving = [
            i
            for i, t in enumerate(tangents)
            if not all(isinstance(part, SymbolicZero) for part in jax.tree.leaves(t))
        ]

        def change(primals: tuple[Any, ...], steps: list[Any]) -> Any:
            x, *parameters = primals
            with scope():
                wide, params = ready(x, tuple(parameters))
                terms = [
                    formula.partials[i](over(x.dtype), wide, *params)
                    * conversion.widen(step, wide.dtype)
                    for i, step in zip(moving, steps, strict=True)
                ]
                return narrow(sum(terms[1:], terms[0]), x.dtype)

        y = lifted(*primals)
        if not moving:
            return y, jnp.zeros_like(y)
        return y, _keeping_inputs(change)(primals, [tangents[i] for i in moving])

    lifted.defjvp(rule, symbolic_zeros=True)
    return jax.jit(lifted)


def _rowwise(formula: Rowwise, conversion: Conversion) -> Callable[..., Any]:
    arithmetic, widen, narrow, scope = conversion.arithmetic, *conversion[1:3], conversion.scope

    def call(x: Any, mask: Any, static: tuple[Any, ...]) -> Any:
        compute, xp = arithmetic[x.dtype], conversion.over(x.dtype)

        @jax.custom_jvp
        def lifted(x: Any, mask: Any) -> Any:
            with scope():
                return narrow(formula.value(xp, widen(x, compute), mask, *static), x.dtype)

        def linear(formula_product: Callable[..., Any]) -> Callable[..., Any]:
            def map_rows(x: Any, *operands: Any) -> Any:
                *masks, vector = operands
                with scope():
                    wide, vector = widen(x, compute), widen(vector, compute)
                    result = formula_product(xp, wide, vector, *(masks or [None]), *static)
                    return narrow(result, x.dtype)

            return map_rows

        forward, back = linear(formula.pushforward), linear(formula.pullback)

        def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
            fixed = tuple(operand for operand in primals if operand is not None)
            return lifted(*primals), product(forward, back, fixed, tangents[0])

        lifted.defjvp(rule)
        return lifted(x, mask)

    call.__name__ = formula.name
    return jax.jit(call, static_argnums=2)
