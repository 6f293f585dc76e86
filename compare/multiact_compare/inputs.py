"""The points at which elementwise functions are measured: deterministic, the same for all.

16-bit dtypes have few enough values to take every one of them. The wider ones get a sweep that is
stratified over every exponent and both signs, and dense where formulas go wrong: near kinks, near
the zeros of derivatives, and in the tails where exponentials vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Bits, Doubles, DType

SEED = 20_240_229

FLOAT64_SHARE = 10
"""One float64 point for so many float32 points."""

FEW_SHARES = {16: 5, 32: 10, 64: 10}
"""By width, one point for so many of a function that is measured at all of them otherwise.

Of the 16-bit values, in their order, an odd share, so that both last bits are among them.
"""


class Root(NamedTuple):
    """Where a function (order 0) or a derivative of it changes sign or touches 0."""

    function: str
    order: int
    x: float
    params: Mapping[str, Any] = MappingProxyType({})


TANH_FORM = MappingProxyType({"approximate": "tanh"})
ACON = MappingProxyType({"p1": 1.25, "p2": -0.75, "beta": 1.5})
STEEP = MappingProxyType({"alpha_p": 0.25, "alpha_n": 1.75})

ROOTS = (
    Root("silu", 1, -1.2784645427610737),
    Root("silu", 2, -2.3993572805154675),
    Root("silu", 2, 2.3993572805154675),
    Root("gelu", 1, -0.7517915246935645),
    Root("gelu", 2, -1.4142135623730951),
    Root("gelu", 2, 1.4142135623730951),
    Root("gelu", 1, -0.7524614220710163, TANH_FORM),
    Root("gelu", 2, -1.4185040087908283, TANH_FORM),
    Root("gelu", 2, 1.4185040087908283, TANH_FORM),
    Root("quick_gelu", 1, -0.751154255441289),
    Root("quick_gelu", 2, -1.4097281319127306),
    Root("quick_gelu", 2, 1.4097281319127306),
    Root("mish", 1, -1.1924312145154952),
    Root("mish", 2, -2.256376396360793),
    Root("mish", 2, 1.4905711794854284),
    Root("serf", 1, -1.193059968928188),
    Root("serf", 2, -2.2564974802739743),
    Root("serf", 2, 1.0960460404526293),
    Root("phish", 1, -1.1954312013879125),
    Root("phish", 2, -1.8836659940045337),
    Root("phish", 2, -0.4704125854132817),
    Root("phish", 2, 1.2018443521278412),
    Root("xielu", 0, -2.432484276931448),
    Root("xielu", 1, -0.9808292530117262),
    Root("xielu", 0, -0.7154156503628261, STEEP),
    Root("xielu", 1, -0.33647223662121295, STEEP),
    Root("acon_c", 0, -0.1702752079219969, ACON),
    Root("acon_c", 1, -0.08422091485876228, ACON),
    Root("laplace", 2, 0.707107),
    Root("hard_silu", 1, -1.5),
    Root("star_relu", 0, 0.7071067811865476),
    Root("snake", 1, -0.7853981633974483),
    Root("snake", 2, 0.7853981633974483),
    Root("sine", 1, 1.5707963267948966),
    Root("sine", 0, 3.141592653589793),
)
"""Where relative accuracy is hardest."""

TAILS = ((3.0, 20.0), (3.0, 110.0), (80.0, 110.0), (100.0, 1e4))
"""Magnitudes where float32 exponentials, erfc and tanh saturate or vanish, and where a sine has
turned many times."""

TAILS_FLOAT64 = ((3.0, 40.0), (30.0, 760.0), (700.0, 760.0), (700.0, 1e4))

BEYOND_SHARE = 8
"""One reference for so many points that are beyond a tier's reach."""

SHORT_POINTS = 150
"""How many points are also evaluated one at a time, as length-1 and 0-d arrays."""


def roots(function: str, order: int, params: Mapping[str, Any]) -> tuple[float, ...]:
    """Those of :data:`ROOTS` that belong to a function with these parameters."""
    wanted = (function, order, params)
    return tuple(root.x for root in ROOTS if (root.function, root.order, root.params) == wanted)


def count(dtype: DType, points: int) -> int:
    """How many points ``--points`` means for a dtype; 16-bit ones always take every value."""
    if dtype.width == 16:
        return 1 << 16
    return points if dtype.width == 32 else max(points // FLOAT64_SHARE, 1)


def every_value(dtype: DType) -> Bits:
    """All bit patterns of a 16-bit dtype, NaN and infinities included."""
    return np.arange(1 << dtype.width, dtype=dtype.carrier)


def edges(dtype: DType, kinks: Iterable[float], neighbours: int = 4) -> Bits:
    """±0, ±inf, NaN, the extremes, and every kink with some neighbours on both sides."""
    mantissa = dtype.precision - 1
    infinity = dtype.infinity_bits
    one = dtype.ordinals(dtype.encode(np.array([1.0])))[0]
    magnitudes = {0, 1, 2, 3, (1 << mantissa) - 1, 1 << mantissa, (1 << mantissa) + 1}
    magnitudes |= {infinity - 2, infinity - 1, infinity, infinity + (1 << (mantissa - 1))}
    magnitudes |= {int(one) - 1, int(one), int(one) + 1}
    sign = 1 << (dtype.width - 1)
    patterns = {pattern for bits in magnitudes for pattern in (bits, bits | sign)}
    at = dtype.ordinals(dtype.encode(np.array(sorted({0.0, *kinks}))))
    steps = np.arange(-neighbours, neighbours + 1)
    near = dtype.from_ordinals((at[:, None] + steps).ravel())
    return np.unique(np.concatenate([np.array(sorted(patterns), dtype.carrier), near]))


def sweep(dtype: DType, size: int, kinks: Iterable[float] = ()) -> Bits:
    """At least ``size`` distinct finite points of a 32- or 64-bit dtype, in mixed order.

    Shares: two fifths stratified over the exponents, one fifth in the tails, a quarter near the
    origin where functions bend, the rest ever closer to kinks and roots.
    """
    generator = np.random.default_rng([SEED, dtype.width, size])
    parts = [
        _stratified(dtype, size * 2 // 5, generator),
        _tails(dtype, size // 5, generator),
        dtype.encode(generator.uniform(-8.0, 8.0, size // 4)),
        _approaching(
            dtype, size * 3 // 20, sorted({0.0, *kinks, *(root.x for root in ROOTS)}), generator
        ),
    ]
    found = np.unique(np.concatenate(parts))
    while found.size < size:
        more = _stratified(dtype, size - found.size, generator)
        found = np.unique(np.concatenate([found, more]))
    return generator.permutation(found)


def points(dtype: DType, size: int, kinks: Sequence[float] = ()) -> Bits:
    """Everything the layout ``long`` measures: the sweep, or all values, and the edges."""
    if dtype.width == 16:
        return every_value(dtype)
    border = edges(dtype, kinks)
    body = sweep(dtype, size, kinks)
    return np.concatenate([body[~np.isin(body, border)], border])


def few(dtype: DType, bits: Bits, kinks: Sequence[float] = ()) -> Bits:
    """For a function with further parameters: all edges, and of the rest every so many."""
    border = np.isin(bits, edges(dtype, kinks))
    return np.concatenate([bits[~border][:: FEW_SHARES[dtype.width]], bits[border]])


def short_selection(dtype: DType, bits: Bits, kinks: Sequence[float] = ()) -> NDArray[np.int64]:
    """Indices into ``bits`` of the points that are also evaluated one at a time.

    All edges that are there, with the next neighbours of the kinks, filled up evenly from the range
    in which functions bend.
    """
    border = edges(dtype, kinks, neighbours=1)
    at_edges = np.flatnonzero(np.isin(bits, border))
    magnitude = np.abs(dtype.decode(bits))
    bending = np.flatnonzero((magnitude > 1e-3) & (magnitude < 120) & ~np.isin(bits, border))
    wanted = max(SHORT_POINTS - at_edges.size, 0)
    if bending.size > wanted:
        order = bending[np.argsort(dtype.ordinals(bits[bending]), kind="stable")]
        bending = order[np.linspace(0, order.size - 1, wanted).astype(np.int64)]
    return np.concatenate([at_edges, bending]).astype(np.int64)


def distinct_values(arrays: Iterable[Doubles]) -> Doubles:
    """The sorted distinct finite values of several dtypes' points: what the oracle evaluates."""
    everything = np.concatenate([np.asarray(array, np.float64) for array in arrays])
    # Adding zero turns -0.0 into +0.0, so that the two share one reference.
    return np.unique(everything[np.isfinite(everything)] + 0.0)


NEVER, ONCE, COMMONLY_TWICE, TWICE = range(4)
"""How often to differentiate at a value: no truth is asked for; value and derivative; second
derivatives of common functions, or of all, too."""


def asked(values: Doubles, reach: float, probed: Doubles) -> NDArray[np.uint8]:
    """What to know the truth of at sorted values, if a run is to take minutes.

    Beyond reach, where nothing is judged, at every so many from both ends. Second derivatives of
    less common functions at the ``probed`` values.
    """
    often = np.where(np.isin(values, probed), TWICE, COMMONLY_TWICE)
    found = np.where(np.abs(values) <= reach, often, NEVER).astype(np.uint8)
    for beyond in (np.flatnonzero(values < -reach), np.flatnonzero(values > reach)[::-1]):
        found[beyond[::BEYOND_SHARE]] = ONCE
    return found


def _stratified(dtype: DType, size: int, generator: np.random.Generator) -> Bits:
    """Equally many points in every binade of both signs, subnormal ones included."""
    mantissa = dtype.precision - 1
    binades = dtype.infinity_bits >> mantissa
    rounds = size // (2 * binades) + 1
    # Each round visits every binade once, so that only the last, cut short, leaves some out.
    order = np.concatenate([generator.permutation(2 * binades) for _ in range(rounds)])[:size]
    exponent = (order % binades).astype(np.uint64) << np.uint64(mantissa)
    sign = (order >= binades).astype(np.uint64) << np.uint64(dtype.width - 1)
    fraction = generator.integers(0, 1 << mantissa, order.size, dtype=np.uint64)
    return (sign | exponent | fraction).astype(dtype.carrier)


def _tails(dtype: DType, size: int, generator: np.random.Generator) -> Bits:
    ranges = TAILS if dtype.width == 32 else TAILS_FLOAT64
    each = -(-size // len(ranges))
    magnitude = np.concatenate([generator.uniform(low, high, each) for low, high in ranges])
    # Functions saturate silently on the right and vanish on the left: look left more often.
    sign = np.where(generator.random(magnitude.size) < 0.7, -1.0, 1.0)
    return generator.permutation(dtype.encode(sign * magnitude))[:size]


def _approaching(
    dtype: DType, size: int, centres: Sequence[float], generator: np.random.Generator
) -> Bits:
    """Points whose distance from a centre is spread over many orders of magnitude."""
    each = -(-size // len(centres))
    parts = []
    for centre in centres:
        reach = -dtype.precision if centre else -3 * dtype.precision
        distance = np.exp2(generator.uniform(reach, 1.0, each))
        sign = np.where(generator.random(each) < 0.5, -1.0, 1.0)
        parts.append(centre + sign * distance)
    return generator.permutation(dtype.encode(np.concatenate(parts)))[:size]
