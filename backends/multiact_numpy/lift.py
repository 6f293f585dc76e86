"""Formulas on NumPy arrays: values, and gradients in closed form."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from multiact import _errors
from multiact.backend import Elementwise, Rowwise, check_parameter
from multiact.formulas import narrowing, precise_elementwise, precise_rowwise
from multiact_numpy import primitives

# dtype of x -> dtype of the arithmetic. bfloat16 comes from ml_dtypes and enters when first met.
ARITHMETIC: dict[Any, Any] = {
    np.dtype(np.float16): np.dtype(np.float32),
    np.dtype(np.float32): np.dtype(np.float32),
    np.dtype(np.float64): np.dtype(np.float64),
}
# The precise tier's, which rounds once at the end.
PRECISE = dict.fromkeys(ARITHMETIC, np.dtype(np.float64))
NARROWING = narrowing(primitives)
# Elements per block: the temporaries of a formula then stay in the second-level cache.
BLOCK = 16384


class Operand:
    """x made ready: a plain array in the dtype of the arithmetic, and the way back."""

    __slots__ = ("array", "dtype", "exact", "original", "xp")

    def __init__(
        self,
        function: str,
        x: Any,
        keeps_integers: bool = False,
        arithmetic: dict[Any, Any] = ARITHMETIC,
    ) -> None:
        array = np.asarray(x)
        self.original = x
        self.exact = False
        compute = arithmetic.get(array.dtype)
        if compute is None:
            if keeps_integers and array.dtype.kind in "iu":
                self.exact = True
                compute = array.dtype
            else:
                array = promote(function, array)
                compute = arithmetic[array.dtype]
        self.dtype = array.dtype
        rounded_again = compute == np.float64 and array.dtype != np.float64
        self.xp = NARROWING if rounded_again else primitives
        if array.dtype is not compute:
            # Signalling NaNs among 16-bit values would warn.
            with np.errstate(invalid="ignore"):
                array = array.astype(compute)
        self.array = array

    def restore(self, result: Any) -> Any:
        """The result in x's dtype and class."""
        result = narrow(np.asarray(result), self.dtype)
        original = self.original
        if type(original) is np.ndarray:
            return result
        if isinstance(original, np.ndarray):
            return _rewrap(original, result)
        return result[()]


def _rewrap(original: Any, result: Any) -> Any:
    """A subclass's own wrapping; it keeps masks, units and the like."""
    if isinstance(original, np.ma.MaskedArray) and original.shape != result.shape:
        raise TypeError(
            "A masked array cannot change its shape here. Fill it first (x.filled(-numpy.inf))."
        )
    return original.__array_wrap__(result, (np.positive, (original,), 0), False)


def promote(function: str, array: Any) -> Any:
    """Integers and bool to float64, byte-swapped floats to native, anything else refused."""
    dtype = array.dtype
    if dtype.kind in "biu":
        return array.astype(np.float64)
    if dtype.name == "bfloat16":
        ARITHMETIC[dtype], PRECISE[dtype] = np.dtype(np.float32), np.dtype(np.float64)
        return array
    native = dtype.newbyteorder("=")
    if native in ARITHMETIC:
        return array.astype(native)
    raise _errors.unsupported_dtype(function, dtype)


def narrow(array: Any, dtype: Any) -> Any:
    """The array in a narrower dtype, rounded once."""
    if array.dtype == np.float64 and dtype.name == "bfloat16":
        # ml_dtypes goes through float32; rounded to odd there, the second rounding is the only one.
        nearest = array.astype(np.float32)
        magnitude, exact = np.abs(nearest.astype(np.float64)), np.abs(array)
        bits = nearest.view(np.int32) - (magnitude > exact)
        odd = np.where(magnitude != exact, bits | 1, bits).view(np.float32)
        array = np.where(np.isfinite(array), odd, nearest)
    return array.astype(dtype, copy=False)


def is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic))


class NumpyLift:
    """Values only: NumPy has no automatic differentiation to enter."""

    def __init__(self, precise: bool = False) -> None:
        self.precise = precise
        self.arithmetic = PRECISE if precise else ARITHMETIC

    def elementwise(self, formula: Elementwise, function: str) -> Callable[..., Any]:
        formula, arithmetic = self.form(formula), self.arithmetic
        value, names = formula.value, formula.parameters
        keeps_integers = formula.keeps_integers

        def apply(x: Any, *parameters: Any) -> Any:
            operand = Operand(function, x, keeps_integers, arithmetic)
            array = operand.array
            ready = tuple(
                prepare_parameter(function, name, parameter, operand)
                for name, parameter in zip(names, parameters, strict=True)
            )
            with np.errstate(all="ignore"):
                if array.size <= BLOCK or any(isinstance(p, np.ndarray) for p in ready):
                    return operand.restore(value(operand.xp, array, *ready))
                return operand.restore(_in_blocks(value, operand, ready))

        return apply

    def rowwise(self, formula: Rowwise) -> Callable[..., Any]:
        value, arithmetic = self.row_form(formula).value, self.arithmetic
        function = formula.name

        def apply(x: Any, mask: Any, *static: Any) -> Any:
            operand = Operand(function, x, arithmetic=arithmetic)
            with np.errstate(all="ignore"):
                return operand.restore(value(operand.xp, operand.array, mask, *static))

        return apply

    def form(self, formula: Elementwise) -> Elementwise:
        return precise_elementwise(formula) if self.precise else formula

    def row_form(self, formula: Rowwise) -> Rowwise:
        return precise_rowwise(formula) if self.precise else formula

    def is_array(self, value: Any) -> bool:
        return is_array(value)

    def shape(self, x: Any) -> tuple[int, ...]:
        return np.shape(x)

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        return np.reshape(x, shape)

    def is_bool(self, x: Any) -> bool:
        return bool(x.dtype == np.bool_)

    def check_parameter(self, function: str, name: str, value: Any, x: Any) -> bool:
        operand = Operand(function, x, arithmetic=self.arithmetic)
        prepare_parameter(function, name, value, operand)
        return is_array(value)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        if not isinstance(rng, np.random.Generator):
            rng = np.random.default_rng(_seed(function, rng))
        draws = rng.uniform(lower, upper, np.shape(x))
        return np.asarray(draws, dtype=Operand(function, x, arithmetic=self.arithmetic).array.dtype)


def _seed(function: str, rng: Any) -> int | None:
    try:
        return None if rng is None else operator.index(rng)
    except TypeError:
        raise TypeError(
            f"{function} got rng of type {_errors.describe(type(rng))}. Allowed for NumPy arrays "
            f"is a numpy.random.Generator, an int seed or None."
        ) from None


def prepare_parameter(function: str, name: str, value: Any, operand: Operand) -> Any:
    """A number as it is; an array checked, in the dtype of the arithmetic."""
    lift = NumpyLift()
    if not check_parameter(lift, function, name, value, operand.original):
        return value
    dtype = np.asarray(value).dtype
    compute = operand.array.dtype
    known = ARITHMETIC.get(dtype) or (dtype.name == "bfloat16" and np.dtype(np.float32))
    if not known or np.promote_types(known, compute) != compute:
        raise _errors.parameter_dtype(function, name, dtype, operand.dtype)
    return np.asarray(value).astype(compute, copy=False)


def _in_blocks(value: Callable[..., Any], operand: Operand, parameters: tuple[Any, ...]) -> Any:
    """Evaluate block by block: many passes over a large array would each go to memory."""
    array = operand.array
    out = np.empty(array.shape, array.dtype)
    flat_out = out.reshape(-1)
    for start, block in _blocks(array):
        flat_out[start : start + block.size] = value(operand.xp, block, *parameters)
    return out


def _blocks(array: Any) -> Iterator[tuple[int, Any]]:
    flat = array.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        yield start, flat[start : start + BLOCK]
