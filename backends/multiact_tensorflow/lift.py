"""Formulas as differentiable TensorFlow functions: ``tf.custom_gradient`` over the formula.

A custom gradient keeps its inputs and nothing else. Entering it eagerly costs about 200 µs, so
where no tape and no accumulator is recording the formula runs bare.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact.formulas import narrowing, precise_elementwise, precise_rowwise
from multiact_tensorflow import bits, primitives
from multiact_tensorflow.tape import recorded, unrecorded

# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    tf.float16: tf.float32,
    tf.bfloat16: tf.float32,
    tf.float32: tf.float32,
    tf.float64: tf.float64,
}
NARROWING = narrowing(primitives)
# Also where this is imported while a tf.function is traced, whose tensors have another type.
with tf.init_scope():
    EAGER = type(tf.zeros(()))


class Conversion(NamedTuple):
    """How a tier gets into its arithmetic and back."""

    arithmetic: dict[Any, Any]
    widen: Callable[[Any, Any], Any]
    narrow: Callable[[Any, Any], Any]

    def over(self, dtype: Any) -> Any:
        """The primitives for results that become this dtype."""
        rounded_again = self.arithmetic[dtype] == tf.float64 and dtype != tf.float64
        return NARROWING if rounded_again else primitives

    def ready(self, x: Any, parameters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        """x and the tensors among the parameters in the dtype of the arithmetic."""
        compute = self.arithmetic[x.dtype]
        return self.widen(x, compute), tuple(
            self.widen(p, compute) if tf.is_tensor(p) else p for p in parameters
        )


DEFAULT = Conversion(ARITHMETIC, tf.cast, tf.cast)
PRECISE = Conversion(
    dict.fromkeys(ARITHMETIC, tf.float64), lambda x, dtype: bits.widen(x), bits.narrow
)


def is_array(value: Any) -> bool:
    return isinstance(value, (tf.Tensor, tf.Variable))


def shape_of(x: Any) -> tuple[int | None, ...] | None:
    return None if x.shape.rank is None else tuple(x.shape.as_list())


def promote(function: str, x: Any) -> Any:
    """Integers and bool to the default floating dtype, anything else refused."""
    if x.dtype.is_integer or x.dtype.is_bool:
        return tf.cast(x, tf.float32)
    raise _errors.unsupported_dtype(function, x.dtype.name)


class TensorFlowLift:
    """The lift of every formula that no native kernel replaces."""

    def __init__(self, precise: bool = False) -> None:
        self.precise = precise
        self.conversion = PRECISE if precise else DEFAULT

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        if self.precise:
            formula = precise_elementwise(formula)
        conversion = self.conversion
        names = formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            x = tf.convert_to_tensor(x)
            if x.dtype not in ARITHMETIC:
                if keeps_integers and x.dtype.is_integer:
                    return formula.value(primitives, x, *parameters)
                x = promote(function, x)
            ready = tuple(
                _prepare(self, function, name, parameter, x)
                for name, parameter in zip(names, parameters, strict=True)
            )
            if recorded():
                return _lifted(formula, conversion, x, ready)
            return _value(formula, conversion, x, ready)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        if self.precise:
            formula = precise_rowwise(formula)
        conversion = self.conversion
        arithmetic, widen, narrow = conversion

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            x = tf.convert_to_tensor(x)
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            if mask is not None:
                # A variable may not be read inside of the function below.
                mask = tf.convert_to_tensor(mask)
            compute, xp = arithmetic[x.dtype], conversion.over(x.dtype)

            def value(x: Any) -> Any:
                return narrow(formula.value(xp, widen(x, compute), mask, *static), x.dtype)

            if not recorded():
                return value(x)

            @tf.custom_gradient  # type: ignore[untyped-decorator]
            def lifted(x: Any) -> Any:
                def pullback(cotangent: Any) -> Any:
                    wide, cotangent = widen(x, compute), widen(cotangent, compute)
                    return narrow(formula.pullback(xp, wide, cotangent, mask, *static), x.dtype)

                with unrecorded():
                    return value(x), pullback

            return lifted(x)

        return apply

    def is_array(self, value: Any) -> bool:
        return is_array(value)

    def shape(self, x: Any) -> tuple[int | None, ...] | None:
        return shape_of(x)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return tf.reshape(x, shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == tf.bool)

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        if x.dtype not in ARITHMETIC:
            x = promote(function, x)
        if not check_parameter(self, function, name, value, x):
            return False
        arithmetic = self.conversion.arithmetic
        known, compute = arithmetic.get(value.dtype), arithmetic[x.dtype]
        if known is None or (known == tf.float64 and compute == tf.float32):
            raise _errors.parameter_dtype(function, name, value.dtype.name, x.dtype.name)
        return True

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        dtype = self.conversion.arithmetic.get(x.dtype, tf.float32)
        shape = tf.shape(x)
        if rng is None:
            return tf.random.uniform(shape, lower, upper, dtype)
        if isinstance(rng, tf.random.Generator):
            return rng.uniform(shape, lower, upper, dtype)
        return tf.random.stateless_uniform(shape, (_seed(function, rng), 0), lower, upper, dtype)


def _seed(function: str, rng: Any) -> int:
    try:
        return operator.index(rng)
    except TypeError:
        raise TypeError(
            f"{function} got rng of type {_errors.describe(type(rng))}. Allowed for TensorFlow "
            f"tensors is a tf.random.Generator, an int seed or None (the global generator)."
        ) from None


def _prepare(lift: TensorFlowLift, function: str, name: str, parameter: Any, x: Any) -> Any:
    """A number as it is; a tensor checked."""
    if lift.check_parameter(function, name, parameter, x):
        return tf.convert_to_tensor(parameter)
    return parameter


def _value(
    formula: Elementwise, conversion: Conversion, x: Any, parameters: tuple[Any, ...]
) -> Any:
    ready, params = conversion.ready(x, parameters)
    y = formula.value(conversion.over(x.dtype), ready, *params)
    return conversion.narrow(y, x.dtype)


def _lifted(
    formula: Elementwise, conversion: Conversion, x: Any, parameters: tuple[Any, ...]
) -> Any:
    """The value, with the closed-form derivative on the tape."""
    places = [i for i, parameter in enumerate(parameters) if tf.is_tensor(parameter)]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def lifted(x: Any, *tensors: Any) -> Any:
        inputs = list(parameters)
        for place, tensor in zip(places, tensors, strict=True):
            inputs[place] = tensor

        def pullback(cotangent: Any) -> Any:
            ready, params = conversion.ready(x, tuple(inputs))
            xp = conversion.over(x.dtype)
            cotangent = conversion.widen(cotangent, ready.dtype)
            slope = formula.partials[0](xp, ready, *params)
            dx = conversion.narrow(slope * cotangent, x.dtype)
            if not places:
                return dx
            return dx, *(
                conversion.narrow(
                    _sum_to(formula.partials[i + 1](xp, ready, *params) * cotangent, inputs[i]),
                    inputs[i].dtype,
                )
                for i in places
            )

        with unrecorded():
            return _value(formula, conversion, x, tuple(inputs)), pullback

    return lifted(x, *(parameters[i] for i in places))


def _sum_to(gradient: Any, like: Any) -> Any:
    """Sum a gradient over what the parameter was broadcast along."""
    _, axes = tf.raw_ops.BroadcastGradientArgs(s0=tf.shape(gradient), s1=tf.shape(like))
    return tf.reshape(tf.reduce_sum(gradient, axes), tf.shape(like))
