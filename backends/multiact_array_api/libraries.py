"""What single libraries need beyond the standard; each is imported by whoever made its arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import chain
from typing import Any

from array_api_compat import array_namespace

from multiact.formulas.error_function import polynomial
from multiact_array_api.primitives import Primitives, numpy_generator, seed


class Dask(Primitives):
    """Lazy: an elementwise formula becomes one layer of the graph, with one task per chunk."""

    def elementwise(self, function: Callable[..., Any], x: Any, *operands: Any) -> Any:
        pairs = [
            (operand, tuple(range(operand.ndim))[::-1] if hasattr(operand, "ndim") else None)
            for operand in (x, *operands)
        ]
        return self.namespace.blockwise(
            partial(_on_chunks, function, self.name, self.narrows),
            pairs[0][1],
            *chain.from_iterable(pairs),
            dtype=self.dtype,
        )

    def erf(self, x: Any) -> Any:
        return self.elementwise(_erf, x)

    def erfc(self, x: Any) -> Any:
        return self.elementwise(_erfc, x)

    def expand_dims(self, x: Any, axis: int) -> Any:
        # Dask's own is a reshape, which needs to know all sizes.
        return x[(*(slice(None),) * axis, None, ...)]

    def sort(self, x: Any, axis: int) -> Any:
        if x.numblocks[axis] == 1:
            return self.elementwise(_sort, x, axis)
        whole = x.rechunk({axis: -1})
        return self.elementwise(_sort, whole, axis).rechunk({axis: x.chunks[axis]})

    def concat(self, parts: tuple[Any, ...], axis: int) -> Any:
        # They are pieces of one array, so their unknown sizes are the same.
        return self.namespace.concatenate(parts, axis=axis, allow_unknown_chunksizes=True)

    def cumsum(self, x: Any, axis: int) -> Any:
        if x.numblocks[axis] == 1:
            return self.elementwise(_cumsum, x, axis)
        return super().cumsum(x, axis)

    def astype(self, x: Any, dtype: Any) -> Any:
        return x.map_blocks(_astype, dtype, dtype=dtype)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        """Each chunk draws its own numbers, all from one seed."""
        entropy = int(numpy_generator(function, rng).integers(2**63))
        return x.map_blocks(_draw, self.name, lower, upper, entropy, dtype=self.dtype)


def _on_chunks(
    function: Callable[..., Any], dtype: str, narrows: bool, x: Any, *operands: Any
) -> Any:
    return primitives(x, dtype, narrows).elementwise(function, x, *operands)


def _astype(x: Any, dtype: Any) -> Any:
    return primitives(x, "float32").astype(x, dtype)


def _erf(xp: Any, x: Any) -> Any:
    return xp.erf(x)


def _erfc(xp: Any, x: Any) -> Any:
    return xp.erfc(x)


def _sort(xp: Any, x: Any, axis: int) -> Any:
    return xp.sort(x, axis)


def _cumsum(xp: Any, x: Any, axis: int) -> Any:
    return xp.cumsum(x, axis)


def _draw(
    chunk: Any, dtype: str, lower: float, upper: float, entropy: int, block_id: Any = ()
) -> Any:
    import numpy

    rng = numpy.random.default_rng([entropy, *block_id])
    return primitives(chunk, dtype).uniform("", chunk, lower, upper, rng)


class CuPy(Primitives):
    """erf and erfc are one kernel each."""

    def erf(self, x: Any) -> Any:
        from cupyx.scipy import special

        return special.erf(x)

    def erfc(self, x: Any) -> Any:
        from cupyx.scipy import special

        return special.erfc(x)


# Taylor's, for |r| ≤ π/4: the first term left out is below 1e-19.
SINE = tuple((-1) ** k / math.factorial(2 * k + 1) for k in range(9))
COSINE = tuple((-1) ** k / math.factorial(2 * k) for k in range(10))
# π/2 in three parts; the first two have 33 bits, so that 2²⁰ times them is exact (Cody and Waite).
HALF_PI = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
REDUCED = 1e6
EXP_REACH = 709.0


class Mlx(Primitives):
    """With exp, sin and cos for float64, where MLX's own are no more accurate than in float32.

    MLX differentiates the very operations of a formula. What is chosen by sign therefore belongs to
    the side x ≤ bound, so that a kink gets the derivative of the flat piece and a smooth function
    its own; MLX gives abs, maximum and minimum the derivative 0 there.
    """

    def quiet(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def detach(self, x: Any) -> Any:
        return self.namespace.stop_gradient(x)

    def abs(self, x: Any) -> Any:
        return self.namespace.where(x > 0, x, -x)

    def maximum(self, x: Any, bound: float) -> Any:
        return self.namespace.where(x <= bound, bound, x)

    def minimum(self, x: Any, bound: float) -> Any:
        return self.namespace.where(x > bound, bound, x)

    def exp(self, x: Any) -> Any:
        mx = self.namespace
        native = mx.exp(x)
        if self.name != "float64":
            return native
        # expm1 is accurate.
        size = self.abs(x)
        e = 1 + mx.expm1(self.minimum(size, EXP_REACH))
        return mx.where(size < EXP_REACH, mx.where(x > 0, e, 1 / e), native)

    def sin(self, x: Any) -> Any:
        return self._circular(x, 0, self.namespace.sin(x))

    def cos(self, x: Any) -> Any:
        return self._circular(x, 1, self.namespace.cos(x))

    def _circular(self, x: Any, turn: int, native: Any) -> Any:
        """sin(x + turn·π/2)."""
        if self.name != "float64":
            return native
        mx = self.namespace
        near = self.minimum(self.maximum(x, -REDUCED), REDUCED)
        quarters = mx.round(near * (2 / math.pi))
        r = near
        for part in HALF_PI:
            r = r - quarters * part
        square = r * r
        odd = (quarters + turn) - 2 * mx.floor((quarters + turn) / 2)
        flipped = (quarters + turn) - 4 * mx.floor((quarters + turn) / 4)
        value = mx.where(odd == 0, r * polynomial(SINE, square), polynomial(COSINE, square))
        value = mx.where(flipped >= 2, -value, value)
        return mx.where(mx.abs(x) < REDUCED, value, native)

    def uniform(self, function: str, x: Any, lower: float, upper: float, rng: Any) -> Any:
        random = self.namespace.random
        is_key = isinstance(rng, type(x)) and rng.dtype == self.namespace.uint32
        if rng is not None and not is_key:
            rng = random.key(seed(function, rng, "a key (mlx.core.random.key(0))"))
        draws = random.uniform(lower, upper, x.shape, self.namespace.float32, key=rng)
        return draws.astype(self.dtype)


OWN = {"dask": Dask, "cupy": CuPy, "mlx": Mlx}
"""Module root -> the primitives of that library."""

_known: dict[tuple[type, str, bool], Primitives] = {}


def primitives(x: Any, dtype: str, narrows: bool = False) -> Primitives:
    """The primitives for arrays of x's type, in the dtype of the arithmetic."""
    known = _known.get((type(x), dtype, narrows))
    if known is None:
        roots = [base.__module__.partition(".")[0] for base in type(x).__mro__]
        own = next((OWN[root] for root in roots if root in OWN), Primitives)
        known = _known[type(x), dtype, narrows] = own(array_namespace(x), dtype, narrows)
    return known
