"""The networks' layers, with sizes derived from the data, and their initial weights."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from multiact_compare.training.models import Architecture, Layer, architecture, initial_weights
from multiact_compare.training.results import Data


def of_size(height: int, width: int, labels: int = 10) -> Data:
    """Black images with all labels."""
    numbers = np.arange(labels)
    images = np.zeros((labels, height, width, 1))
    return Data("black", images, numbers, images, numbers)


def shapes(network: Architecture) -> list[tuple[int, ...]]:
    return [layer.shape for layer in network.layers]


@pytest.mark.parametrize(
    ("size", "inputs", "flattened"),
    [((8, 8), 64, (2, 2, 64)), ((28, 28), 784, (12, 12, 64)), ((7, 9), 63, (1, 2, 64))],
)
def test_sizes_follow_from_the_images(
    size: tuple[int, int], inputs: int, flattened: tuple[int, ...]
) -> None:
    data = of_size(*size)
    assert shapes(architecture("mlp", data)) == [(inputs, 128), (128, 10)]
    cnn = architecture("cnn", data)
    features = int(np.prod(flattened))
    convolutions = [(3, 3, 1, 32), (3, 3, 32, 64)]
    assert shapes(cnn) == [*convolutions, (features, 128), (128, 10)]
    assert [(drop.rate, drop.shape) for drop in cnn.dropouts] == [(0.25, flattened), (0.5, (128,))]
    assert [layer.units for layer in cnn.hidden] == [32, 64, 128]


def test_there_are_ten_outputs_or_as_many_as_labels() -> None:
    assert architecture("mlp", of_size(8, 8, labels=3)).layers[-1].units == 10
    assert architecture("mlp", of_size(8, 8, labels=26)).layers[-1].units == 26


def test_images_too_small_for_two_convolutions_are_refused() -> None:
    assert shapes(architecture("cnn", of_size(6, 6)))[2] == (64, 128)
    with pytest.raises(ValueError, match=r"images of 6×6 pixels at least.*are 8×5; model mlp"):
        architecture("cnn", of_size(8, 5))


def test_an_unknown_model_is_refused() -> None:
    unknown: str = "rnn"
    with pytest.raises(ValueError, match="'rnn' is not known; allowed are mlp, cnn"):
        architecture(unknown, of_size(8, 8))  # type: ignore[arg-type]


def test_initial_weights_have_glorots_variance_and_no_bias() -> None:
    layers = [Layer("a", "conv", (3, 3, 40, 50)), Layer("b", "dense", (200, 300))]
    weights = initial_weights(layers, seed=0)
    for layer, (kernel, bias) in zip(layers, weights, strict=True):
        reach = 9 if layer.kind == "conv" else 1
        fan_in, fan_out = reach * layer.shape[-2], reach * layer.shape[-1]
        assert kernel.shape == layer.shape
        assert kernel.dtype == np.float64
        assert kernel.var() == pytest.approx(2 / (fan_in + fan_out), rel=0.03)
        assert abs(kernel.mean()) < 0.02 * kernel.std()
        assert not bias.any()


def test_initial_weights_belong_to_the_seed() -> None:
    layers = architecture("mlp", of_size(8, 8)).layers
    (first, _), _ = initial_weights(layers, seed=3)
    (again, _), _ = initial_weights(layers, seed=3)
    (other, _), _ = initial_weights(layers, seed=4)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_architecture_is_plain_data() -> None:
    network = architecture("cnn", of_size(8, 8))
    assert dataclasses.replace(network, optimizer="sgd").layers == network.layers
    assert network.optimizer == "adam"
