"""Data to train on: scikit-learn's digits, and small random images."""

from __future__ import annotations

import numpy as np
import pytest
from multiact_compare.training import data
from multiact_compare.training.results import Data


@pytest.fixture(scope="session")
def digits() -> Data:
    """Scikit-learn's 1,797 digits, split as ``multiact train`` splits them."""
    return data.load(None)


@pytest.fixture
def small() -> Data:
    """Random images that are wider than high, so that no layout passes for another."""
    generator = np.random.default_rng(7)
    images = generator.random((60, 7, 9, 1))
    labels = generator.integers(0, 10, 60)
    return Data("small", images[:40], labels[:40], images[40:], labels[40:])
