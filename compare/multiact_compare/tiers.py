"""What each tier promises: which quantities, how far out, and how close to the truth.

Default: for finite |x| ≤ 1e4 values and first derivatives are within 8 ULP, or within
2·eps·max(1, scale); for |x| ≤ 50 second derivatives are within 8 eps·max(1, scale²).

Precise: for every x, ±inf with its limit included, values and first derivatives are correctly
rounded in 16 and 32 bits, and within 4 and 8 ULP in float64.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType

import multiact
from multiact_compare import oracle
from multiact_compare.dtypes import DType
from multiact_compare.plan import MODES, QUANTITIES, Mode, Quantity


@dataclass(frozen=True)
class Tier:
    """The contract of one tier.

    ``reach`` is the largest |x| that each quantity is judged at; ``infinities`` says whether the
    limits at ±inf are judged, and ``epsilons`` are the absolute bounds in eps before the scale.
    ``compared`` are the modes whose bits are compared between backends.
    """

    name: str
    library: ModuleType
    points: int
    reach: Mapping[Quantity, float]
    ulps: Mapping[int, Mapping[Quantity, float]]
    epsilons: Mapping[Quantity, float]
    infinities: bool
    compared: tuple[Mode, ...]

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is measured."""
        return tuple(quantity for quantity in QUANTITIES if quantity in self.reach)

    def allowed_ulps(self, dtype: DType, quantity: Quantity) -> float:
        """How many ULP a result may be from the truth."""
        return self.ulps[dtype.width][quantity]

    def absolute_bound(self, quantity: Quantity, dtype: DType, scale: float = 1.0) -> float:
        """The error that is always allowed, whatever the size of the result."""
        powers = scale * scale if quantity == "second" else scale
        return self.epsilons.get(quantity, 0.0) * dtype.eps * powers


EIGHT: Mapping[Quantity, float] = {"value": 8.0, "derivative": 8.0, "second": 8.0}
# Half an ULP is correctly rounded. float64 arithmetic cannot decide the cases that are nearer to
# the middle between two numbers than its own error.
HALF: Mapping[Quantity, float] = {"value": 0.501, "derivative": 0.501}
SINGLE: Mapping[Quantity, float] = {"value": 0.5001, "derivative": 0.5001}
DOUBLE: Mapping[Quantity, float] = {"value": 4.0, "derivative": 8.0}

DEFAULT = Tier(
    name="default",
    library=multiact,
    points=200_000,
    reach={"value": 1e4, "derivative": 1e4, "second": oracle.SECOND_REACH},
    ulps={16: EIGHT, 32: EIGHT, 64: EIGHT},
    # Two nested differentiations, each allowed the first derivative's bound, make 4; doubled,
    # because the inner one is differentiated as it was computed, with its own cancellation.
    epsilons={"value": 2.0, "derivative": 2.0, "second": 8.0},
    infinities=False,
    compared=("eager",),
)
PRECISE = Tier(
    name="precise",
    library=multiact.precise,
    points=2_000_000,
    reach={"value": math.inf, "derivative": math.inf},
    ulps={16: HALF, 32: SINGLE, 64: DOUBLE},
    epsilons={},
    infinities=True,
    compared=MODES,
)
NATIVE = Tier(
    name="native",
    library=multiact,
    points=20_000,
    reach=DEFAULT.reach,
    ulps=DEFAULT.ulps,
    epsilons=DEFAULT.epsilons,
    infinities=False,
    compared=("eager",),
)
"""The yardstick for the frameworks' own functions, which promise nothing: the default tier's."""

PORT = replace(NATIVE, name="port")
TIERS = {tier.name: tier for tier in (DEFAULT, PRECISE, NATIVE, PORT)}
OURS = {tier.name: tier for tier in (DEFAULT, PRECISE)}
"""The tiers that multiact itself has."""
