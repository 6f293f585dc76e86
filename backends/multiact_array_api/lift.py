"""Formulas on arrays of the array API standard: values, and gradients in closed form."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from array_api_compat import array_namespace

from multiact import _dispatch, _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact.formulas import precise_elementwise, precise_rowwise
from multiact_array_api.libraries import primitives

# dtype of x -> dtype of the arithmetic, by name: each library has objects of its own for them.
ARITHMETIC = {
    "float16": "float32",
    "bfloat16": "float32",
    "float32": "float32",
    "float64": "float64",
}
# The precise tier's, which rounds once at the end.
PRECISE = dict.fromkeys(ARITHMETIC, "float64")


def name_of(dtype: Any) -> str:
    """``float32`` for ``numpy.float32``, ``mlx.core.float32``, ``array_api_strict.float32``."""
    return str(dtype).rpartition(".")[2]


class Operand:
    """x made ready: an array in the dtype of the arithmetic, and the way back."""

    __slots__ = ("array", "dtype", "function", "name", "original", "xp")

    def __init__(
        self,
        function: str,
        x: Any,
        arithmetic: dict[str, str] = ARITHMETIC,
        keeps_integers: bool = False,
    ) -> None:
        self.function, self.original = function, x
        name = name_of(x.dtype)
        if name not in arithmetic:
            if keeps_integers and array_namespace(x).isdtype(x.dtype, "integral"):
                arithmetic = {name: name}
            else:
                x = promote(function, x)
                name = name_of(x.dtype)
        self.dtype, self.name = x.dtype, arithmetic[name]
        rounded_again = self.name == "float64" and name != "float64"
        self.xp = primitives(x, self.name, rounded_again)
        self.array = astype(x, self.xp.dtype)

    def elementwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """``function(xp, x, *arguments)``, where no element depends on another one."""
        return self.xp.elementwise(function, self.array, *arguments)

    def rowwise(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The same for whole rows."""
        for argument in arguments:
            # A mask; other arrays were checked when they were made ready.
            if hasattr(argument, "dtype"):
                check_library(self.function, "where", argument, self.original)
        return self.xp.rowwise(function, self.array, *arguments)

    def restore(self, result: Any) -> Any:
        """The result in x's dtype, rounded once."""
        if self.name == "float64" and name_of(self.dtype) in ("float16", "bfloat16"):
            result = self.xp.elementwise(partial(_nearest, self.dtype), result)
        return astype(result, self.dtype)


def _nearest(dtype: Any, xp: Any, y: Any) -> Any:
    """Of the two numbers of 16 bits about y the nearer one.

    Libraries round through float32, where y can come to lie in the middle between two.
    """
    single = xp.astype(xp.astype(y, xp.namespace.float32), xp.dtype)
    rounded = xp.astype(xp.astype(single, dtype), xp.dtype)
    across = 2 * single - rounded
    middle = xp.astype(xp.astype(across, dtype), xp.dtype) == across
    beyond = ((y - single) * (single - rounded) > 0) & (xp.abs(rounded) < xp.inf)
    return xp.where(middle & beyond, across, rounded)


def promote(function: str, x: Any) -> Any:
    """Integers and bool to the library's default floating dtype, anything else refused."""
    namespace = array_namespace(x)
    if namespace.isdtype(x.dtype, ("bool", "integral")):
        return astype(x, namespace.asarray(0.0).dtype)
    raise _errors.unsupported_dtype(function, x.dtype)


def astype(x: Any, dtype: Any) -> Any:
    return x if x.dtype == dtype else primitives(x, "float32").astype(x, dtype)


def is_array(value: Any) -> bool:
    """Whether it is an array that this backend serves, of whatever library."""
    try:
        backend = _dispatch.find(type(value))
    except TypeError:
        return False
    return backend is sys.modules[__package__]


def check_library(function: str, name: str, value: Any, x: Any) -> None:
    """Both arrays must be of one library."""
    if array_namespace(value) is not array_namespace(x):
        raise _errors.foreign_parameter(function, name, value, x)


class ArrayLift:
    """Values only: the standard has no automatic differentiation to enter."""

    def __init__(self, precise: bool = False) -> None:
        self.precise = precise
        self.arithmetic = PRECISE if precise else ARITHMETIC

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        formula = self.form(formula)
        value, names = formula.value, formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            operand = Operand(function, x, self.arithmetic, keeps_integers)
            ready = (
                self.parameter(function, name, parameter, operand)
                for name, parameter in zip(names, parameters, strict=True)
            )
            return operand.restore(operand.elementwise(value, *ready))

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        value, function = self.row_form(formula).value, formula.name

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            operand = Operand(function, x, self.arithmetic)
            return operand.restore(operand.rowwise(value, mask, *static))

        return apply

    def form(self, formula: Elementwise) -> Elementwise:
        return precise_elementwise(formula) if self.precise else formula

    def row_form(self, formula: Rowwise) -> Rowwise:
        return precise_rowwise(formula) if self.precise else formula

    def is_array(self, value: Any) -> bool:
        return is_array(value)

    def shape(self, x: Any) -> tuple[int | None, ...]:
        # Dask writes NaN for a size that it has not computed.
        return tuple(None if math.isnan(size) else size for size in x.shape)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return array_namespace(x).reshape(x, shape)

    def is_bool(self, x: Any) -> bool:
        return bool(array_namespace(x).isdtype(x.dtype, "bool"))

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        self.parameter(function, name, value, Operand(function, x, self.arithmetic))
        return is_array(value)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        operand = Operand(function, x, self.arithmetic)
        return operand.xp.uniform(function, operand.array, lower, upper, rng)

    # What gradients in closed form need beside the above.

    def operand(self, function: str, x: Any) -> Operand:
        if array_namespace(x).isdtype(x.dtype, ("bool", "integral")):
            raise _errors.not_differentiable(function, x.dtype)
        return Operand(function, x, self.arithmetic)

    def parameter(self, function: str, name: str, value: Any, operand: Operand) -> Any:
        if not check_parameter(self, function, name, value, operand.original):
            return value
        check_library(function, name, value, operand.original)
        known = self.arithmetic.get(name_of(value.dtype))
        if known is None or (known == "float64" and operand.name == "float32"):
            raise _errors.parameter_dtype(function, name, value.dtype, operand.dtype)
        return astype(value, operand.xp.dtype)

    def cotangent(self, function: str, value: Any, operand: Operand) -> Any:
        if not is_array(value):
            raise _errors.foreign_parameter(function, "cotangent", value, operand.original)
        check_library(function, "cotangent", value, operand.original)
        return astype(value, operand.xp.dtype)

    def sum_to(self, gradient: Any, parameter: Any) -> Any:
        namespace = array_namespace(gradient)
        extra = gradient.ndim - parameter.ndim
        if extra:
            gradient = namespace.sum(gradient, axis=tuple(range(extra)))
        stretched = tuple(
            axis
            for axis, size in enumerate(parameter.shape)
            if size == 1 and gradient.shape[axis] != 1
        )
        if stretched:
            gradient = namespace.sum(gradient, axis=stretched, keepdims=True)
        return astype(gradient, parameter.dtype)

    def zeros_like(self, value: Any) -> Any | None:
        if is_array(value) and name_of(value.dtype) in ARITHMETIC:
            return array_namespace(value).zeros_like(value)
        return None
