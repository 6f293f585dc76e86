"""Fast verdicts are those of the oracle, for right and for wrong results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from multiact_compare.contract import CORRECT
from multiact_compare.dtypes import DTYPES, Bits
from multiact_compare.exhaustive import exact, space
from multiact_compare.exhaustive.exact import Rules
from multiact_compare.exhaustive.request import judge_of
from multiact_compare.exhaustive.tally import BINS, Tally
from multiact_compare.plan import Quantity, TierName
from multiact_compare.tiers import TIERS

import multiact
from tests.exhaustive.cases import first_case

SINGLE = DTYPES["float32"]
SIZE = 6000
Spoil = Callable[[Bits], Bits]


def results(name: str, quantity: Quantity, tier: TierName, bits: Bits) -> Bits:
    case, x = first_case(name), bits.view(np.float32)
    function = getattr(TIERS[tier].library, name)
    if quantity == "value":
        y = function(x, **case.params)
    else:
        y = multiact.derivative(function, x, **case.params)
    return np.asarray(y).view(np.uint32)


def sweep(
    name: str, quantity: Quantity, tier: TierName, start: int, bits: Bits
) -> tuple[Tally, Rules]:
    case = first_case(name)
    keys = (start, start + bits.size)
    judge, tallies = judge_of(case, "numpy", SINGLE, TIERS[tier], [quantity], keys)
    judge.block(start, {quantity: bits})
    return tallies[quantity], Rules(case, SINGLE, quantity, TIERS[tier])


def untouched(bits: Bits) -> Bits:
    return bits


def a_few_ulps_off(bits: Bits) -> Bits:
    """Every 7th result is 1 to 13 numbers off."""
    spoiled = bits.copy()
    spoiled[::7] += np.arange(bits[::7].size, dtype=np.uint32) % 13 + 1
    return spoiled


def nonsense(bits: Bits) -> Bits:
    """NaN, both infinities, zero and a large number among right results."""
    spoiled = bits.copy()
    values = np.array([np.nan, np.inf, -np.inf, 0.0, 1e30], np.float32).view(np.uint32)
    spoiled[100:600:100] = values
    return spoiled


@pytest.mark.parametrize("spoil", [untouched, a_few_ulps_off, nonsense])
@pytest.mark.parametrize(
    ("name", "quantity", "tier", "at"),
    [
        ("sigmoid", "value", "default", -2.7),
        ("sigmoid", "derivative", "default", 3.9997),
        ("sigmoid", "value", "precise", -103.0),
        ("tanh", "value", "default", 9.01),
        ("gelu", "value", "default", -5.3),
        ("gelu", "derivative", "default", -0.7519),
        ("mish", "derivative", "precise", -1.1924),
        ("silu", "value", "default", 1e-42),
        ("squared_relu", "value", "precise", 3e-23),
        ("squared_relu", "value", "precise", 1.8446e19),
        ("hard_sigmoid", "value", "default", -3.0),
        ("relu6", "derivative", "default", 5.9995),
        ("sparse_sigmoid", "value", "precise", -0.2),
        ("threshold", "value", "default", 0.49999),
        ("sine", "value", "default", 8191.9),
        ("identity", "value", "default", 1.0),
        ("elu", "value", "default", -1e-38),
        ("softplus", "value", "default", 9999.9),
    ],
)
def test_verdicts_are_those_of_the_oracle(
    name: str, quantity: Quantity, tier: TierName, at: float, spoil: Spoil
) -> None:
    start = space.first_from(SINGLE, at)
    bits = space.bits_between(SINGLE, start, start + SIZE)
    got = spoil(results(name, quantity, tier, bits))
    tally, rules = sweep(name, quantity, tier, start, got)

    x = SINGLE.decode(bits)
    judged = np.abs(x) <= rules.tier.reach[quantity]
    truth = exact.verdicts(rules, x, got)
    ulps, ratios = truth.ulps[judged], truth.ratios[judged]
    bins = np.minimum(ulps * 4, BINS - 1).astype(int)
    assert tally.inputs == SIZE
    assert tally.judged == judged.sum()
    assert tally.histogram.tolist() == np.bincount(bins, minlength=BINS).tolist()
    assert tally.misrounded == (ulps > CORRECT).sum()
    assert sum(tally.failures.values()) == (ratios > 1).sum()
    for peak, amounts in (("ulp", ulps), ("ratio", ratios)):
        amount = tally.peaks[peak].amount
        assert amount == pytest.approx(amounts.max(), rel=1e-3, abs=1e-3)
        place = truth.ulps if peak == "ulp" else truth.ratios
        found = place[tally.peaks[peak].key - start]
        assert found == pytest.approx(amounts.max(), rel=1e-3, abs=1e-3)
    sized = np.where(truth.sized[judged], ulps, -np.inf).max()
    if sized >= 0:
        assert tally.peaks["sized"].amount == pytest.approx(sized, rel=1e-3, abs=1e-3)
    if not judged.all():
        beyond = truth.ulps[~judged].max()
        assert tally.peaks["beyond"].amount == pytest.approx(beyond, rel=1e-3, abs=1e-3)


def test_few_points_are_left_to_the_oracle() -> None:
    start = space.first_from(SINGLE, -2.7)
    bits = space.bits_between(SINGLE, start, start + 200_000)
    tally, _ = sweep(
        "sigmoid", "value", "default", start, results("sigmoid", "value", "default", bits)
    )
    assert tally.misrounded > 1000
    assert tally.fallbacks < 10


def test_nan_must_give_nan() -> None:
    start = space.key_of(SINGLE, 0x7FC0_0000)
    wrong = np.full(10, np.float32(0.5)).view(np.uint32)
    tally, _ = sweep("sigmoid", "value", "default", start, wrong)
    assert tally.failures["nan"] == tally.judged == 10
    assert tally.nan_failure is not None
    assert tally.nan_failure.key == start


def test_the_limit_at_infinity_is_judged_in_the_precise_tier_alone() -> None:
    start = space.first_from(SINGLE, np.inf)
    wrong = np.array([np.float32(0.5)]).view(np.uint32)
    for tier, failures in (("default", 0), ("precise", 1)):
        tally, _ = sweep("sigmoid", "value", tier, start, wrong)
        assert sum(tally.failures.values()) == failures
        assert tally.ends == {"inf": int(wrong[0])}


def test_tallies_add_up_in_any_order() -> None:
    start = space.first_from(SINGLE, -2.7)
    bits = space.bits_between(SINGLE, start, start + 3 * SIZE)
    got = a_few_ulps_off(results("sigmoid", "value", "default", bits))
    parts = [
        sweep("sigmoid", "value", "default", start + i, got[i : i + SIZE])[0]
        for i in range(0, 3 * SIZE, SIZE)
    ]
    forward, backward = Tally(), Tally()
    for one, other in zip(parts, reversed(parts), strict=True):
        forward.add(Tally.from_data(one.to_data()))
        backward.add(other)
    assert forward.to_data() == backward.to_data()
    assert forward.inputs == 3 * SIZE
