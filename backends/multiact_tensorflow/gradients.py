"""vjp and derivative on TensorFlow: gradient tapes, so that they compile and nest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from multiact import _errors
from multiact_tensorflow.lift import ARITHMETIC, is_array, shape_of

ZERO = tf.UnconnectedGradients.ZERO


def _check_differentiable(f: Callable[..., Any], x: Any) -> None:
    if x.dtype in ARITHMETIC:
        return
    name = getattr(f, "__name__", repr(f))
    if x.dtype.is_integer or x.dtype.is_bool:
        raise _errors.not_differentiable(name, x.dtype.name)
    raise _errors.unsupported_dtype(name, x.dtype.name)


def vjp(
    f: Callable[..., Any], x: Any, cotangent: Any, params: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """See :func:`multiact.vjp`."""
    _check_differentiable(f, x)
    x = tf.convert_to_tensor(x)
    tensors = {
        name: tf.convert_to_tensor(value)
        for name, value in params.items()
        if is_array(value) and value.dtype in ARITHMETIC
    }
    if not is_array(cotangent):
        raise _errors.foreign_parameter("vjp", "cotangent", cotangent, x)
    with tf.GradientTape() as tape:
        tape.watch([x, *tensors.values()])
        y = f(x, **{**params, **tensors})
    if not cotangent.shape.is_compatible_with(y.shape):
        name = getattr(f, "__name__", repr(f))
        raise _errors.cotangent_shape(name, shape_of(cotangent) or (), shape_of(y) or ())
    dx, *gradients = tape.gradient(
        y, [x, *tensors.values()], tf.cast(cotangent, y.dtype), unconnected_gradients=ZERO
    )
    return dx, dict(zip(tensors, gradients, strict=True))


def derivative(f: Callable[..., Any], x: Any, order: int, params: dict[str, Any]) -> Any:
    """See :func:`multiact.derivative`."""
    _check_differentiable(f, x)
    if order not in (1, 2):
        raise _errors.option("derivative", "order", order, (1, 2))

    def first(x: Any) -> Any:
        return _slope(lambda x: f(x, **params), x, f)

    x = tf.convert_to_tensor(x)
    return first(x) if order == 1 else _slope(first, x, f)


def _slope(function: Callable[[Any], Any], x: Any, named: Callable[..., Any]) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    if not y.shape.is_compatible_with(x.shape):
        raise _errors.not_elementwise(getattr(named, "__name__", repr(named)))
    return tape.gradient(y, x, unconnected_gradients=ZERO)
