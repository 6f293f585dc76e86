"""What runs say together: divergence of frameworks, the order of activations."""

from __future__ import annotations

import math

import pytest
from multiact_compare.training import summary
from multiact_compare.training.results import Run

from tests.training import samples
from tests.training.samples import epoch, run


def test_divergence_is_that_of_the_farthest_two() -> None:
    (one,) = summary.divergences(samples.four_frameworks().runs)
    assert one.frameworks == ("numpy", "torch", "tensorflow", "jax")
    assert one.loss == pytest.approx((3e-6,) * 3)
    assert one.test_loss == pytest.approx((3e-6,) * 3)
    assert one.accuracy == (0.0, 0.0, 0.0)
    assert one.pair == ("numpy", "jax")


def test_divergence_is_relative_and_per_epoch() -> None:
    (one,) = summary.divergences(
        [
            run("numpy", epochs=[epoch(1.0, 0.5), epoch(0.02, 0.9)]),
            run("jax", epochs=[epoch(1.1, 0.5), epoch(0.01, 0.8)]),
        ]
    )
    assert one.loss == pytest.approx((0.1, 1.0))
    assert one.accuracy == pytest.approx((0.0, 0.1))
    assert one.worst == (1.0, 2)
    assert one.pair == ("jax", "numpy")


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ((0.0, 0.0), 0.0),
        ((0.0, 1e-9), math.inf),
        ((1.0, math.nan), math.inf),
        ((math.nan, 1.0, 1.0), math.inf),
        ((math.nan, math.nan), 0.0),
        ((1.0, math.inf), math.inf),
    ],
)
def test_divergence_of_odd_losses(losses: tuple[float, ...], expected: float) -> None:
    runs = [run(f"framework {n}", epochs=[epoch(loss)]) for n, loss in enumerate(losses)]
    (one,) = summary.divergences(runs)
    assert one.loss == (expected,)


def test_divergence_goes_as_far_as_two_came() -> None:
    runs = [
        run("numpy"),
        run("torch", epochs=[epoch(1.0), epoch(0.6)], failure="it died"),
        run("jax", epochs=[], failure="it is not installed"),
    ]
    (one,) = summary.divergences(runs)
    assert one.frameworks == ("numpy", "torch")
    assert one.loss == pytest.approx((0.0, 0.2))


def test_only_equal_setups_are_compared() -> None:
    runs = [run("numpy"), run("torch", "gelu"), run("jax", seed=1)]
    assert summary.divergences(runs) == []
    runs += [run("numpy", "gelu"), run("torch", seed=1)]
    assert {(one.activation, one.seed) for one in summary.divergences(runs)} == {
        ("gelu", 0),
        ("relu", 1),
    }


def test_ranking() -> None:
    rows = summary.ranking(samples.several().runs)
    assert [row.activation for row in rows] == ["relu", "gelu", "tanh"]
    first, second, third = rows
    assert first.accuracy is not None
    assert first.accuracy.mean == pytest.approx(0.973)
    assert first.accuracy.deviation == pytest.approx(0.003)
    assert first.dead is not None
    assert first.dead.mean == 4 / 128
    assert (first.seconds, second.seconds) == ({"torch": 1.0}, {"torch": pytest.approx(1.5)})
    # The accuracies differ by 0.02 with each seed, which is no chance.
    assert (first.level, second.level, third.level) == (True, False, False)


def test_more_accurate_is_first_then_less_loss() -> None:
    runs = samples.several(accuracy=lambda place, seed: (0.9, 0.95, 0.95)[place]).runs
    assert [row.activation for row in summary.ranking(runs)] == ["gelu", "tanh", "relu"]


@pytest.mark.parametrize(
    ("accuracies", "level"),
    [
        ([(0.95, 0.94), (0.94, 0.95), (0.96, 0.95)], True),
        ([(0.95, 0.94), (0.96, 0.945), (0.97, 0.958)], False),
        ([(0.95, 0.95), (0.95, 0.95)], True),
        ([(0.95, 0.94)], None),
    ],
)
def test_what_is_told_apart(accuracies: list[tuple[float, float]], level: bool | None) -> None:
    """Seed by seed: a difference that keeps its sign and size counts, one that does not is luck."""
    runs = [
        run("torch", name, seed, [epoch(0.5 + place, pair[place])])
        for seed, pair in enumerate(accuracies)
        for place, name in enumerate(("relu", "gelu"))
    ]
    first, second = summary.ranking(runs)
    assert (first.activation, second.activation) == ("relu", "gelu")
    assert second.level is level


def test_frameworks_do_not_multiply_the_seeds() -> None:
    """Equal runs on four frameworks are one: the spread is that of the seeds."""
    runs = [
        run(name, seed=seed, epochs=[epoch(0.5, 0.9 + 0.02 * seed)])
        for name in ("numpy", "torch", "tensorflow", "jax")
        for seed in (0, 1)
    ]
    (row,) = summary.ranking(runs)
    assert row.accuracy is not None
    assert row.accuracy.deviation == pytest.approx(0.02 / math.sqrt(2))


def test_failures_are_named_and_last() -> None:
    def failing(activation: str, seed: int, why: str) -> Run:
        return run("torch", activation, seed, [epoch(9.0)], failure=why)

    runs = [
        *samples.several(("relu", "gelu"), 2).runs,
        run("torch", "sine", 0, [epoch(0.1, 0.999)]),
        failing("sine", 1, "the loss is nan"),
        failing("bilinear", 0, "no"),
    ]
    rows = summary.ranking(runs)
    assert [row.activation for row in rows] == ["relu", "gelu", "sine", "bilinear"]
    assert rows[2].failures == ("sine on torch, seed 1: the loss is nan",)
    assert rows[2].accuracy is not None
    assert rows[2].accuracy.mean == 0.999
    assert math.isnan(rows[2].accuracy.deviation)
    assert (rows[3].accuracy, rows[3].seconds, rows[3].level) == (None, {}, None)


def test_times_without_relu_are_ratios_to_the_fastest() -> None:
    found = summary.times(samples.several(("gelu", "tanh")).runs)
    assert found == {"torch": {"gelu": 1.0, "tanh": pytest.approx(1.5)}}


def test_nothing_at_all() -> None:
    assert summary.ranking([]) == []
    assert summary.divergences([]) == []
    assert summary.times([run(failure="it is not installed", epochs=[])]) == {}
