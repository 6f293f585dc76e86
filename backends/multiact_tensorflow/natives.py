"""TensorFlow's own kernels, where they keep the contract.

Each wrapper takes the function made from the shared formula and returns one that prefers the
native kernel and falls back to the formula: for other parameters, for dtypes that the kernel gets
wrong, and for everything that needs promotion or an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from multiact import _arguments
from multiact.backend import Native
from multiact_tensorflow.lift import ARITHMETIC

Function = Callable[..., Any]


def relu(formula: Function) -> Function:
    def relu(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return tf.nn.relu(x)
        return formula(x)

    return relu


def leaky_relu(formula: Function) -> Function:
    def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
        # The kernel keeps its slope as a float32, too coarse for float64.
        if x.dtype in SINGLE and isinstance(negative_slope, (int, float)):
            return tf.nn.leaky_relu(x, negative_slope)
        return formula(x, negative_slope)

    return leaky_relu


def rrelu(formula: Function) -> Function:
    def rrelu(
        x: Any,
        lower: float = 1 / 8,
        upper: float = 1 / 3,
        training: bool = False,
        rng: Any = None,
        slope: Any = None,
    ) -> Any:
        if slope is None and training is False and x.dtype in SINGLE:
            _arguments.check_interval("rrelu", lower, upper)
            return tf.nn.leaky_relu(x, (lower + upper) / 2)
        return formula(x, lower, upper, training, rng, slope)

    return rrelu


def elu(formula: Function) -> Function:
    def elu(x: Any, alpha: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(alpha, (int, float)) and alpha == 1:
            return tf.nn.elu(x)
        return formula(x, alpha)

    return elu


def sigmoid(formula: Function) -> Function:
    def sigmoid(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return tf.math.sigmoid(x)
        return formula(x)

    return sigmoid


def tanh(formula: Function) -> Function:
    def tanh(x: Any) -> Any:
        if x.dtype in ARITHMETIC:
            return tf.math.tanh(x)
        return formula(x)

    return tanh


def softplus(formula: Function) -> Function:
    def softplus(x: Any, beta: Any = 1.0) -> Any:
        if x.dtype in ARITHMETIC and isinstance(beta, (int, float)) and beta == 1:
            return tf.math.softplus(x)
        return formula(x, beta)

    return softplus


def softmax(formula: Function) -> Function:
    def softmax(x: Any, axis: int = -1, where: Any = None) -> Any:
        if where is None and x.dtype in ARITHMETIC and x.shape.rank:
            return tf.nn.softmax(x, _arguments.check_axis("softmax", axis, x.shape.rank))
        return formula(x, axis, where)

    return softmax


SINGLE = frozenset((tf.float16, tf.bfloat16, tf.float32))

NATIVES: dict[str, Native] = {
    function.__name__: function
    for function in (relu, leaky_relu, rrelu, elu, sigmoid, tanh, softplus, softmax)
}
