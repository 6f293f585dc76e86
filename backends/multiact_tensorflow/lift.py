"""Formulas as differentiable TensorFlow functions: ``tf.custom_gradient`` over the formula.

A custom gradient keeps its inputs and nothing else. Entering it eagerly costs about 200 µs, so
where no tape and no accumulator is recording the formula runs bare.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact_tensorflow import primitives as xp

try:
    from tensorflow.python.eager.record import could_possibly_record, stop_recording
except ImportError:  # not public; without them calls are slower and keep more memory
    from contextlib import nullcontext as stop_recording

    def could_possibly_record() -> bool:
        return True


# dtype of x -> dtype of the arithmetic.
ARITHMETIC = {
    tf.float16: tf.float32,
    tf.bfloat16: tf.float32,
    tf.float32: tf.float32,
    tf.float64: tf.float64,
}


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

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        names = formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            x = tf.convert_to_tensor(x)
            if x.dtype not in ARITHMETIC:
                if keeps_integers and x.dtype.is_integer:
                    return formula.value(xp, x, *parameters)
                x = promote(function, x)
            ready = tuple(
                _prepare(self, function, name, parameter, x)
                for name, parameter in zip(names, parameters, strict=True)
            )
            if tf.executing_eagerly() and not could_possibly_record():
                return _value(formula, x, ready)
            return _recorded(formula, x, ready)

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        def apply(x: Any, mask: Any, *static: Any) -> Any:
            x = tf.convert_to_tensor(x)
            if x.dtype not in ARITHMETIC:
                x = promote(formula.name, x)
            compute = ARITHMETIC[x.dtype]
            if tf.executing_eagerly() and not could_possibly_record():
                return tf.cast(formula.value(xp, tf.cast(x, compute), mask, *static), x.dtype)

            @tf.custom_gradient  # type: ignore[untyped-decorator]
            def lifted(x: Any) -> Any:
                def pullback(cotangent: Any) -> Any:
                    cotangent = tf.cast(cotangent, compute)
                    slope = formula.pullback(xp, tf.cast(x, compute), cotangent, mask, *static)
                    return tf.cast(slope, x.dtype)

                # A tape would keep what the value's steps give, and never ask for it.
                with stop_recording():
                    y = formula.value(xp, tf.cast(x, compute), mask, *static)
                    return tf.cast(y, x.dtype), pullback

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

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        dtype = ARITHMETIC.get(x.dtype, tf.float32)
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
    if not check_parameter(lift, function, name, parameter, x):
        return parameter
    known = ARITHMETIC.get(parameter.dtype)
    compute = ARITHMETIC[x.dtype]
    if known is None or (known == tf.float64 and compute == tf.float32):
        raise _errors.parameter_dtype(function, name, parameter.dtype.name, x.dtype.name)
    return tf.convert_to_tensor(parameter)


def _ready(x: Any, parameters: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """x and the tensors among the parameters in the dtype of the arithmetic."""
    compute = ARITHMETIC[x.dtype]
    return tf.cast(x, compute), tuple(
        tf.cast(p, compute) if tf.is_tensor(p) else p for p in parameters
    )


def _value(formula: Elementwise, x: Any, parameters: tuple[Any, ...]) -> Any:
    ready, params = _ready(x, parameters)
    return tf.cast(formula.value(xp, ready, *params), x.dtype)


def _recorded(formula: Elementwise, x: Any, parameters: tuple[Any, ...]) -> Any:
    """The value, with the closed-form derivative on the tape."""
    places = [i for i, parameter in enumerate(parameters) if tf.is_tensor(parameter)]

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def lifted(x: Any, *tensors: Any) -> Any:
        inputs = list(parameters)
        for place, tensor in zip(places, tensors, strict=True):
            inputs[place] = tensor

        def pullback(cotangent: Any) -> Any:
            ready, params = _ready(x, tuple(inputs))
            cotangent = tf.cast(cotangent, ready.dtype)
            dx = tf.cast(formula.partials[0](xp, ready, *params) * cotangent, x.dtype)
            if not places:
                return dx
            return dx, *(
                _sum_to(formula.partials[i + 1](xp, ready, *params) * cotangent, inputs[i])
                for i in places
            )

        # A tape would keep what the value's steps give, and never ask for it.
        with stop_recording():
            return _value(formula, x, tuple(inputs)), pullback

    return lifted(x, *(parameters[i] for i in places))


def _sum_to(gradient: Any, like: Any) -> Any:
    """Sum a gradient over what the parameter was broadcast along; in the parameter's dtype."""
    _, axes = tf.raw_ops.BroadcastGradientArgs(s0=tf.shape(gradient), s1=tf.shape(like))
    summed = tf.reshape(tf.reduce_sum(gradient, axes), tf.shape(like))
    return tf.cast(summed, like.dtype)
