"""What is trained on: scikit-learn's digits, or a folder of IDX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from multiact_compare.training import idx
from multiact_compare.training.idx import DataError
from multiact_compare.training.results import Data

__all__ = ["DataError", "load"]

BRIGHTEST = 16.0
"""The largest pixel of the digits."""

HELD_OUT = 5
"""One image in so many of each class is held out."""


def load(path: Path | None) -> Data:
    """The data of a folder, or the built-in digits.

    Raises
    ------
    DataError
        The folder's files are not as they should be, or scikit-learn is missing.
    """
    return digits() if path is None else idx.folder(path)


def digits() -> Data:
    """The 1,797 handwritten digits of 8×8 pixels that come with scikit-learn.

    Every fifth image of each class is held out: 20 %, the same ones always, whatever the versions.

    Raises
    ------
    DataError
        scikit-learn is missing.
    """
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise DataError(
            f"the built-in digits come with scikit-learn, and {error.name} is not installed: pip "
            "install 'multiact[train]', or name a folder of IDX files by --data"
        ) from None
    pixels, labels = load_digits(return_X_y=True)
    images = (pixels / BRIGHTEST).reshape(-1, 8, 8, 1)
    labels = labels.astype(np.int64)
    held_out = np.zeros(len(labels), bool)
    for digit in range(idx.CLASSES):
        held_out[np.flatnonzero(labels == digit)[HELD_OUT - 1 :: HELD_OUT]] = True
    return Data(
        name="digits",
        train_images=images[~held_out],
        train_labels=labels[~held_out],
        test_images=images[held_out],
        test_labels=labels[held_out],
    )
