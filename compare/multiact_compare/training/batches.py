"""What every framework is fed, drawn in NumPy: standardised images, batches, dropout masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from multiact_compare.training.models import MASKS, ORDER, Dropout
from multiact_compare.training.results import Data

TESTED_AT_ONCE = 400
"""Held-out images that are evaluated in one call at most: those of digits are 360, and the
intermediate arrays of a convolution over ten thousand would fill the memory."""


@dataclass(frozen=True, eq=False)
class Batch:
    """The images and labels of one training step, and its dropout masks."""

    images: NDArray[np.floating]
    labels: NDArray[np.int64]
    masks: tuple[NDArray[np.floating], ...]


def standardised(data: Data, dtype: str) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Training and held-out images with the training images' mean 0 and deviation 1.

    One mean and one deviation for all pixels, computed in float64 before the cast. The initial
    weights are meant for inputs of this size: as they come, in [0, 1] and mostly dark, the network
    would learn at a fraction of the rate.
    """
    mean, deviation = data.train_images.mean(), data.train_images.std()
    # Images of one colour: nothing to learn, but no reason to divide by 0.
    scale = deviation if deviation > 0 else 1.0
    train, test = ((part - mean) / scale for part in (data.train_images, data.test_images))
    return train.astype(dtype), test.astype(dtype)


def batches(
    images: NDArray[np.floating],
    labels: NDArray[np.int64],
    dropouts: Sequence[Dropout],
    size: int,
    seed: int,
    epoch: int,
) -> Iterator[Batch]:
    """The batches of an epoch (from 1 on): a new order every time, the same in every framework.

    All are of the same size: a shorter last one would be compiled separately and would weigh its
    examples more. Those it would hold are left out, other ones in each epoch. Masks hold 0 or
    1/(1 − rate), so that a framework has but to multiply.
    """
    order = np.random.default_rng((seed, ORDER, epoch)).permutation(len(images))
    generator = np.random.default_rng((seed, MASKS, epoch))
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start : start + size]
        masks = tuple(
            ((generator.random((size, *drop.shape)) >= drop.rate) / (1 - drop.rate)).astype(
                images.dtype
            )
            for drop in dropouts
        )
        yield Batch(images[chosen], labels[chosen], masks)


def portions(count: int) -> list[slice]:
    """The parts in which this many held-out images are evaluated: one size, or two next ones."""
    parts = -(-count // TESTED_AT_ONCE)
    edges = [count * number // parts for number in range(parts + 1)]
    return [slice(*pair) for pair in pairwise(edges)]
