"""What every framework is fed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from multiact_compare.training.batches import (
    TESTED_AT_ONCE,
    Batch,
    batches,
    portions,
    standardised,
)
from multiact_compare.training.models import Dropout
from multiact_compare.training.results import Data

DROPOUTS = (Dropout(0.25, (2, 3, 4)), Dropout(0.5, (50,)))


def epoch(number: int = 1, seed: int = 0, count: int = 100, size: int = 32) -> list[Batch]:
    """The batches of an epoch of numbered examples."""
    images = np.arange(count, dtype="float32").reshape(-1, 1, 1, 1)
    return list(batches(images, np.arange(count), DROPOUTS, size, seed, number))


def test_batches_are_of_one_size_and_no_example_comes_twice() -> None:
    found = epoch()
    assert [len(batch.labels) for batch in found] == [32, 32, 32]
    labels = np.concatenate([batch.labels for batch in found])
    assert len(set(labels.tolist())) == 96
    for batch in found:
        np.testing.assert_array_equal(batch.images.ravel(), batch.labels)


def test_nothing_is_left_out_where_the_size_divides() -> None:
    labels = np.concatenate([batch.labels for batch in epoch(size=25)])
    assert sorted(labels.tolist()) == list(range(100))


def test_what_is_left_out_changes_with_the_epoch() -> None:
    kept = [{int(label) for batch in epoch(number) for label in batch.labels} for number in (1, 2)]
    assert kept[0] != kept[1]


@pytest.mark.parametrize("other", [{"number": 2}, {"seed": 1}])
def test_order_and_masks_belong_to_seed_and_epoch(other: dict[str, int]) -> None:
    first, again, different = epoch()[0], epoch()[0], epoch(**other)[0]
    np.testing.assert_array_equal(first.labels, again.labels)
    assert not np.array_equal(first.labels, different.labels)
    for mask, same, unlike in zip(first.masks, again.masks, different.masks, strict=True):
        np.testing.assert_array_equal(mask, same)
        assert not np.array_equal(mask, unlike)


def test_masks_keep_the_mean() -> None:
    for number, drop in enumerate(DROPOUTS):
        masks = np.stack([batch.masks[number] for batch in epoch()])
        assert masks.shape == (3, 32, *drop.shape)
        assert masks.dtype == np.float32
        assert set(masks.ravel().tolist()) == {0.0, float(np.float32(1 / (1 - drop.rate)))}
        assert (masks == 0).mean() == pytest.approx(drop.rate, abs=0.03)


def test_the_order_does_not_depend_on_the_masks() -> None:
    images, labels = np.zeros((100, 1, 1, 1)), np.arange(100)
    without = next(batches(images, labels, (), 32, 0, 1))
    np.testing.assert_array_equal(without.labels, epoch()[0].labels)
    assert without.masks == ()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_training_images_set_the_scale(small: Data, dtype: str) -> None:
    train, test = standardised(small, dtype)
    assert (train.dtype, test.dtype) == (dtype, dtype)
    assert train.mean() == pytest.approx(0, abs=1e-6)
    assert train.std() == pytest.approx(1, rel=1e-6)
    # The held-out images get the same scale, not one of their own.
    ratio = np.ptp(test) / np.ptp(small.test_images)
    assert ratio == pytest.approx(np.ptp(train) / np.ptp(small.train_images), rel=1e-6)


def test_images_of_one_colour_become_zeros(small: Data) -> None:
    grey = dataclasses.replace(small, train_images=np.full_like(small.train_images, 0.5))
    train, _ = standardised(grey, "float64")
    assert not train.any()


@pytest.mark.parametrize("count", [1, 360, TESTED_AT_ONCE, TESTED_AT_ONCE + 1, 9_999, 10_000])
def test_portions_are_the_whole_in_two_sizes_at_most(count: int) -> None:
    parts = portions(count)
    numbers = [number for part in parts for number in range(count)[part]]
    assert numbers == list(range(count))
    sizes = {part.stop - part.start for part in parts}
    assert max(sizes) <= TESTED_AT_ONCE
    # The first and the last are the ones that are compiled beforehand.
    assert sizes <= {len(range(count)[parts[0]]), len(range(count)[parts[-1]])}
