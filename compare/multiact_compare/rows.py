"""The rows on which rowwise functions (softmax, maxout) are measured.

A row is a vector of features. All rows of one length form a block: a matrix of values with
matrices of cotangents and directions of the same shape, which are exact in every dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from multiact_compare.dtypes import Doubles, DType
from multiact_compare.inputs import SEED

LENGTHS = (1, 3, 10, 128)
"""Row lengths, in groups for functions that reduce groups of features."""

FEW_LENGTHS = (10, 128)
"""Those for what must be compiled for each length anew, which takes seconds."""

SCALES = (0.1, 1.0, 5.0, 20.0, 88.0, 1e3, 1e4)

REPEATS = 4
"""Random rows per scale and length."""


@dataclass(frozen=True)
class Block:
    """Rows of one length. Values are exact in the dtype they were made for."""

    values: Doubles
    cotangents: Doubles
    directions: Doubles


def blocks(dtype: DType, group: int = 1) -> list[Block]:
    """One block per length in :data:`LENGTHS`, each length times ``group`` features."""
    return [_block(dtype, length * group) for length in LENGTHS]


def _block(dtype: DType, length: int) -> Block:
    generator = np.random.default_rng([SEED, length])
    rows = np.array(list(_rows(length, generator)))
    with np.errstate(over="ignore"):
        values = rows.astype(dtype.native).astype(np.float64)
    steps = generator.integers(-8, 9, (2, *values.shape))
    return Block(values, steps[0] / 8.0, steps[1] / 8.0)


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
