"""Which functions can be an activation, and how they are called."""

from __future__ import annotations

import numpy as np
import pytest
from multiact_compare.training.activations import activation, usable

import multiact

USABLE = tuple(usable())


def test_what_keeps_the_shape_is_usable() -> None:
    refused = {"bilinear", "crelu", "geglu", "glu", "gumbel_softmax", "logsumexp", "maxout"}
    refused |= {"reglu", "swiglu"}
    assert set(USABLE) == set(multiact.records) - refused


@pytest.mark.parametrize("name", USABLE)
def test_a_usable_one_has_values_and_gradients_of_its_input(name: str) -> None:
    x = np.random.default_rng(0).standard_normal((4, 6))
    chosen = activation(name)
    cotangent = np.random.default_rng(1).standard_normal((4, 6))
    assert chosen(x).shape == chosen.pullback(x, cotangent).shape == x.shape
    assert chosen.name == name
    # One number per unit at most: what is trained are the network's weights.
    assert all(np.ndim(value) == 0 for value in chosen.params.values())


def test_an_alias_is_the_function() -> None:
    assert activation("swish") == activation("silu")


def test_prelu_has_the_slope_it_starts_with_in_the_field() -> None:
    assert activation("prelu")(np.array([-2.0, 3.0])).tolist() == [-0.5, 3.0]


def test_rrelu_is_not_random() -> None:
    x = np.full(5, -1.0)
    assert np.ptp(activation("rrelu")(x)) == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("swiglu", r"changes the shape \(of \(3, 6\) into \(3, 3\)\)"),
        ("crelu", r"changes the shape \(of \(3, 6\) into \(3, 12\)\)"),
        ("logsumexp", r"changes the shape \(of \(3, 6\) into \(3,\)\)"),
        ("gumbel_softmax", "draws new noise"),
        ("relo", "is not in the catalogue"),
    ],
)
def test_what_cannot_follow_a_layer_is_refused(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"activation '{name}' {reason}.*allowed are acon_c, "):
        activation(name)


@pytest.mark.parametrize("axis", [1, -1])
def test_functions_of_rows_run_over_the_channels(axis: int) -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    chosen = activation("softmax")
    np.testing.assert_allclose(chosen(x, axis).sum(axis=axis), 1, rtol=1e-12)
    # Softmax does not change if all of a row grows alike.
    ones = np.ones_like(x)
    np.testing.assert_allclose(chosen.pullback(x, ones, axis), 0, atol=1e-15)
