"""Each framework's network by itself and beside the others: layouts, gradients, optimizers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from multiact_compare.training.activations import activation
from multiact_compare.training.batches import Batch, batches, standardised
from multiact_compare.training.frameworks import EPSILON, Network, network
from multiact_compare.training.models import (
    LEARNING_RATES,
    Architecture,
    Weights,
    architecture,
    initial_weights,
)
from multiact_compare.training.results import FRAMEWORKS, Data, Model

PAIRS = [(model, framework) for model, names in FRAMEWORKS.items() for framework in names]

everywhere = pytest.mark.parametrize(("model", "framework"), PAIRS)


def plain(model: Model, data: Data) -> Architecture:
    """The network trained by gradient descent, whose step tells the gradient."""
    return dataclasses.replace(architecture(model, data), optimizer="sgd")


def loaded(
    framework: str, layout: Architecture, name: str, rate: float, dtype: str = "float64"
) -> Network:
    made = network(framework, layout, activation(name), dtype, rate)
    made.load(started(layout))
    return made


def started(layout: Architecture) -> Weights:
    """Initial weights with biases that are not 0."""
    generator = np.random.default_rng(1)
    weights = initial_weights(layout.layers, seed=0)
    return [(kernel, generator.normal(0, 0.1, bias.shape)) for kernel, bias in weights]


def first_batch(data: Data, layout: Architecture, dtype: str = "float64") -> Batch:
    images, _ = standardised(data, dtype)
    return next(batches(images, data.train_labels, layout.dropouts, 16, 0, 1))


def without_dropout(batch: Batch) -> Batch:
    return dataclasses.replace(batch, masks=tuple(np.ones_like(mask) for mask in batch.masks))


@everywhere
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_come_back_as_they_were_loaded(
    model: Model, framework: str, dtype: str, small: Data
) -> None:
    layout = architecture(model, small)
    made = loaded(framework, layout, "relu", 0.1, dtype)
    for found, expected in zip(made.weights(), started(layout), strict=True):
        for part, original in zip(found, expected, strict=True):
            assert part.dtype == dtype
            np.testing.assert_array_equal(part, original.astype(dtype))


@everywhere
def test_gradients_are_those_of_finite_differences(
    model: Model, framework: str, small: Data
) -> None:
    layout = plain(model, small)
    given = started(layout)
    made = network(framework, layout, activation("gelu"), "float64", 1.0)
    made.load(given)
    returned = made.weights()
    batch = without_dropout(first_batch(small, layout))
    taken = made.step(batch)
    start, after = started(layout), made.weights()
    # Training has changed neither what was loaded nor what was returned before.
    for same, loaded_pair, returned_pair in zip(start, given, returned, strict=True):
        for parts in zip(same, loaded_pair, returned_pair, strict=True):
            np.testing.assert_array_equal(parts[0], parts[1])
            np.testing.assert_array_equal(parts[0], parts[2])
    gradients = [
        tuple(old - new for old, new in zip(*pair, strict=True))
        for pair in zip(start, after, strict=True)
    ]
    np.testing.assert_allclose(
        taken.norms, [np.linalg.norm(kernel) for kernel, _ in gradients], rtol=1e-10
    )
    generator = np.random.default_rng(2)
    for number, layer in enumerate(gradients):
        for part, gradient in enumerate(layer):
            # In the direction of the gradient and in another one, so that both signs matter.
            direction = gradient / np.linalg.norm(gradient)
            direction += generator.normal(0, 0.1 / np.sqrt(gradient.size), gradient.shape)
            losses = []
            for distance in (1e-5, -1e-5):
                moved = [list(pair) for pair in start]
                moved[number][part] = moved[number][part] + distance * direction
                made.load([(kernel, bias) for kernel, bias in moved])
                losses.append(made.evaluate(batch.images, batch.labels).loss)
            slope = (losses[0] - losses[1]) / 2e-5
            assert slope == pytest.approx(float((gradient * direction).sum()), rel=1e-6, abs=2e-10)
    made.load(start)
    assert taken.loss == pytest.approx(made.evaluate(batch.images, batch.labels).loss, rel=1e-13)


@pytest.mark.parametrize("model", FRAMEWORKS)
@pytest.mark.parametrize("name", ["prelu", "softmax"])
def test_a_step_with_dropout_is_the_same_everywhere(model: Model, name: str, small: Data) -> None:
    layout = plain(model, small)
    batch = first_batch(small, layout)
    reference: tuple[float, Weights] | None = None
    for framework in FRAMEWORKS[model]:
        made = loaded(framework, layout, name, 1.0)
        loss = made.step(batch).loss
        if reference is None:
            reference = loss, made.weights()
            continue
        assert loss == pytest.approx(reference[0], rel=1e-13)
        for found, expected in zip(made.weights(), reference[1], strict=True):
            for part, same in zip(found, expected, strict=True):
                np.testing.assert_allclose(part, same, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("framework", FRAMEWORKS["cnn"])
def test_adam_is_algorithm_1_of_its_paper(framework: str, small: Data) -> None:
    """With gradients of the size of epsilon, whose place decides about the step then."""
    layout = architecture("cnn", small)
    rate = LEARNING_RATES["cnn"]
    made = network(framework, layout, activation("tanh"), "float64", rate)
    # Its steps of size 1 tell the gradients, which are the same in every framework.
    tell = network("torch", plain("cnn", small), activation("tanh"), "float64", 1.0)
    weights = [
        (kernel * shrink, bias)
        for (kernel, bias), shrink in zip(started(layout), (1, 1, 1, 1e-6), strict=True)
    ]
    made.load(weights)
    flat = [part for pair in weights for part in pair]
    means = [np.zeros_like(part) for part in flat]
    squares = [np.zeros_like(part) for part in flat]
    smallest = np.inf
    for count in (1, 2, 3):
        images, _ = standardised(small, "float64")
        batch = next(batches(images, small.train_labels, layout.dropouts, 16, 0, count))
        tell.load(made.weights())
        tell.step(batch)
        before = [part for pair in made.weights() for part in pair]
        after = [part for pair in tell.weights() for part in pair]
        made.step(batch)
        found = [part for pair in made.weights() for part in pair]
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            gradient = old - new
            smallest = min(smallest, float(np.abs(gradient).mean()))
            means[i] = 0.9 * means[i] + 0.1 * gradient
            squares[i] = 0.999 * squares[i] + 0.001 * gradient**2
            mean, square = means[i] / (1 - 0.9**count), squares[i] / (1 - 0.999**count)
            expected = old - rate * mean / (np.sqrt(square) + EPSILON)
            # Gradients are differences of weights here: they are known to 1e-16, a thousandth of
            # a millionth of epsilon.
            np.testing.assert_allclose(found[i], expected, rtol=0, atol=1e-10)
    assert smallest < EPSILON


@everywhere
def test_units_that_are_always_0_and_stay_so_are_dead(
    model: Model, framework: str, small: Data
) -> None:
    layout = architecture(model, small)
    weights = started(layout)
    dying = [{1, 3}, {0, 5, 63}, {127}][: len(layout.hidden)]
    for number, ((_, bias), units) in enumerate(zip(weights, dying, strict=False)):
        # So large that no other unit dies by itself, deeper layers having larger inputs.
        bias[:] = 10 ** (2 * number + 1)
        bias[list(units)] *= -1
    # A unit that is 0 whatever comes: the derivative there decides.
    kernel, bias = weights[0]
    kernel[..., 9] = bias[9] = 0
    dying[0].add(9)
    _, images = standardised(small, "float64")
    counted = {}
    for name in ("relu", "hard_tanh"):
        made = network(framework, layout, activation(name), "float64", 0.1)
        made.load(weights)
        judged = made.evaluate(images, small.test_labels)
        counted[name] = [set(np.flatnonzero(units).tolist()) for units in judged.dead]
    assert counted["relu"] == dying
    # Neither those saturated at −1 nor the one on the slope through 0.
    assert counted["hard_tanh"] == [set()] * len(dying)


@everywhere
def test_accuracy_and_loss_of_a_known_answer(model: Model, framework: str, small: Data) -> None:
    layout = architecture(model, small)
    made = network(framework, layout, activation("relu"), "float64", 0.1)
    *hidden, (kernel, bias) = started(layout)
    # The answer is 3 whatever the image.
    constant = np.eye(len(bias))[3]
    made.load([*hidden, (kernel * 0, 5 * constant)])
    _, images = standardised(small, "float64")
    labels = np.array([3, 3, 3, 1, 3] * 4)
    judged = made.evaluate(images, labels)
    assert judged.accuracy == pytest.approx(0.8)
    normaliser = np.log(np.exp(5) + 9)
    assert judged.loss == pytest.approx(0.8 * (normaliser - 5) + 0.2 * normaliser, rel=1e-13)
    # Where the exponential of a logit overflows, the loss does not.
    made.load([*hidden, (kernel * 0, 1e4 * constant)])
    assert made.evaluate(images, labels).loss == pytest.approx(0.2e4, rel=1e-13)


def test_numpy_has_no_convolutions(small: Data) -> None:
    with pytest.raises(ValueError, match="NumPy trains the model mlp alone, not cnn"):
        network("numpy", architecture("cnn", small), activation("relu"), "float64", 0.1)
