"""The rows on which rowwise functions (softmax, maxout, glu) are measured.

A row is a vector of features. All rows of one length form a block: a matrix of values, one of
cotangents with the results' lengths and one of directions with the values', all of them exact in
every dtype.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Doubles, DType
from multiact_compare.inputs import SEED

LENGTHS = (1, 10, 131)
"""Row lengths, in groups for functions that reduce groups of features.

The last one is long enough for every vector unit, and leaves a remainder that none takes whole.
"""

COMPILED_LENGTHS = (131,)
"""Those of compiled programs: every length is compiled anew, which takes seconds."""

SECOND_LENGTHS = (10,)
"""Those of eager second derivatives, which JAX compiles operation by operation."""

ALONE_LENGTHS = (1, 10)
"""Those of rows that are evaluated alone, as vectors."""

SCALES = (0.1, 1.0, 5.0, 20.0, 88.0, 1e3, 1e4)

REPEATS = 4
"""Random rows per scale and length."""

GATED = frozenset({"glu", "reglu", "geglu", "swiglu", "bilinear"})
"""Functions of two halves of a row: the first times a gate of the second."""


@dataclass(frozen=True)
class Shape:
    """How long a row may be, and how the result's shape follows from that.

    A row has a multiple of ``group`` features, and each group makes ``results`` of them; ``whole``
    is the shape of a result that does not depend on the row's length. A result is named after the
    features that lie ``stride`` apart.
    """

    group: int = 1
    results: int = 1
    stride: int = 1
    whole: tuple[int, ...] | None = None

    @property
    def key(self) -> str:
        """Equal for functions that take the same operands."""
        whole = "" if self.whole is None else f"-whole{len(self.whole)}"
        return f"{self.group}-{self.results}{whole}"

    @property
    def lengths(self) -> list[int]:
        """The numbers of features of the rows, for each of :data:`LENGTHS`."""
        return [length * self.group for length in LENGTHS]

    def result(self, length: int) -> tuple[int, ...]:
        """The shape of the result for a row of so many features."""
        return (length // self.group * self.results,) if self.whole is None else self.whole

    def results_of(self, length: int) -> int:
        """How many results a row of so many features has."""
        return int(np.prod(self.result(length)))

    def names(self, length: int) -> NDArray[np.int64]:
        """For each result of a row the index of the feature that it is named after."""
        return np.arange(self.results_of(length)) * self.stride % length


SAME = Shape()


def shape(function: str, params: Mapping[str, Any]) -> Shape:
    """The shape of a rowwise function of the catalogue."""
    match function:
        case "maxout":
            pieces = int(params["pieces"])
            return Shape(group=pieces, stride=pieces)
        case name if name in GATED:
            return Shape(group=2)
        case "crelu":
            return Shape(results=2)
        case "logsumexp":
            return Shape(whole=(1,) if params.get("keepdims") else ())
        case _:
            return SAME


@dataclass(frozen=True)
class Block:
    """Rows of one length. Values are exact in the dtype they were made for."""

    values: Doubles
    cotangents: Doubles
    directions: Doubles


def blocks(dtype: DType, shape: Shape = SAME) -> list[Block]:
    """One block per length in :data:`LENGTHS`, times the size of a group."""
    return [_block(dtype, shape, length) for length in shape.lengths]


def _block(dtype: DType, shape: Shape, length: int) -> Block:
    generator = np.random.default_rng([SEED, length])
    rows = np.array(list(_rows(length, generator)))
    with np.errstate(over="ignore"):
        values = rows.astype(dtype.native).astype(np.float64)
    cotangents, directions = (
        generator.integers(-8, 9, (len(values), size)) / 8.0
        for size in (shape.results_of(length), length)
    )
    return Block(values, cotangents, directions)


def _rows(length: int, generator: np.random.Generator) -> Iterator[Doubles]:
    for scale in SCALES:
        for _ in range(REPEATS):
            yield np.clip(generator.normal(0.0, scale, length), -1e4, 1e4)
    for constant in (0.0, 1.0, -3.0, 1e4, -1e4):
        yield np.full(length, constant)
    # Ties for the maximum, exact and one rounding apart.
    yield generator.integers(-2, 3, length).astype(np.float64)
    yield np.where(np.arange(length) % 3 == 0, 7.0, -1.0)
    yield generator.integers(1024, 1026, length) / 1024.0
    # One entry rules, or one is negligible.
    yield np.where(np.arange(length) == length // 2, 1e4, -1e4)
    yield np.where(np.arange(length) == 0, -200.0, 0.0)
    yield np.linspace(-100.0, 100.0, length)
    yield np.linspace(0.0, -16.0, length)
    # Masked rows and worse: reported, not judged, apart from NaN.
    yield np.where(np.arange(length) % 2 == 1, -np.inf, np.linspace(-1.0, 1.0, length))
    yield np.full(length, -np.inf)
    yield np.where(np.arange(length) == 0, np.inf, 0.0)
    yield np.where(np.arange(length) == length - 1, np.nan, 1.0)
