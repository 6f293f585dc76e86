"""What a failed comparison says."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from multiact_compare.dtypes import Bits, Doubles
from multiact_compare.testing.differences import Reference, Rules
from multiact_compare.testing.evaluation import Question, Result

ROUNDING = 64
"""Up to so many ULP it is rounding that differs, not what is computed."""

FEW = 0.01
"""The share of inputs up to which disagreements are at single points."""


@dataclass(frozen=True)
class Disagreement:
    """Two results, or a result and the truth, that are farther apart than allowed.

    ``distances`` are those of the two, and ``beyond`` marks where any pair is beyond.
    """

    title: str
    question: Question
    results: Sequence[Result]
    pair: tuple[str, str]
    distances: Doubles
    beyond: NDArray[np.bool_]
    truth: Reference | None
    max_ulp: float
    rules: Rules


def disagreement(found: Disagreement) -> str:
    """The message: the worst input, every result there, the distance, and what to try."""
    one, other = found.pair
    index = _worst(found.distances)
    ulp = float(found.distances.flat[index])
    verb = f"is not what {other} says" if found.truth else f"and {other} disagree"
    allowed = f"{found.max_ulp:,g} ULP"
    if found.rules.atol:
        allowed += f" and {found.rules.atol:g}"
    count = int(found.beyond.sum())
    lines = [
        f"{found.title}: {one} {verb} ({found.question.words}): {count:,} of "
        f"{found.beyond.size:,} results are beyond {allowed}",
        _line("worst input", _input(found, index)),
    ]
    lines += results_at(found.question, found.results, found.truth, index)
    between = f"{one} and {other}"
    lines.append(_line("distance", f"{_ulps(ulp)} between {between}, allowed are {allowed}"))
    lines.append(_line("try", _advice(found, index, ulp)))
    return "\n".join(lines)


def not_a_number(
    title: str, question: Question, results: Sequence[Result], label: str, at: NDArray[np.int64]
) -> str:
    """The message for NaN that came of numbers; ``at`` are the flat places."""
    place = _place(question, int(at[0]), results[0].bits.shape)
    many = f"{at.size:,} of {results[0].bits.size:,} results are NaN where x is a number"
    lines = [
        f"{title} on {label} ({question.words}): {many}",
        _line("first input", place),
        *results_at(question, results, None, int(at[0])),
        _line(
            "try",
            "give the untaken branch of a where a harmless argument, and take care of overflow; "
            "where NaN is right, pass allow_nan=True, or points where the function is defined",
        ),
    ]
    return "\n".join(lines)


def results_at(
    question: Question, results: Sequence[Result], truth: Reference | None, index: int
) -> list[str]:
    """A line for every result, and one for the truth, at a flat place."""
    lines = [
        _line(result.label, shown(result.bits.reshape(-1)[index : index + 1], question))
        for result in results
    ]
    if truth is not None:
        high = float(truth.high.flat[index])
        lines.append(_line("reference", f"{high!r} ({_hex(high)})"))
    return lines


def shown(bits: Bits, question: Question) -> str:
    """A single number in decimal and in hex, both exact enough to write it down again."""
    exact = float(question.dtype.decode(bits)[0])
    return f"{bits.view(question.dtype.native)[0]!s} ({_hex(exact)})"


def _hex(value: float) -> str:
    """Without the zeros with which Python fills up the digits of narrower dtypes."""
    return re.sub(r"\.?0+p", "p", value.hex())


def _line(label: str, text: str) -> str:
    return f"  {label:<22} {text}"


def _worst(distances: Doubles) -> int:
    return int(np.argmax(distances))


def _input(found: Disagreement, index: int) -> str:
    return _place(found.question, index, found.results[0].bits.shape)


def _place(question: Question, index: int, shape: tuple[int, ...]) -> str:
    """The input that belongs to a result: its own, or the row that it was computed from."""
    inputs, place = question.inputs, np.unravel_index(index, shape) if shape else ()
    at = f" at {list(map(int, place))}" if len(place) > 1 else ""
    if inputs.shape == shape:
        alone = shown(inputs.reshape(-1)[index : index + 1], question)
        if inputs.ndim < 2:
            return f"x = {alone}"
        return (
            f"x{at.removeprefix(' at ')} = {alone} in the row {_row(inputs[place[:-1]], question)}"
        )
    if inputs.ndim > 1 and place and shape[0] == inputs.shape[0]:
        return f"result{at}, of x[{place[0]}] = {_row(inputs[place[0]], question)}"
    return f"result{at}, of x = {_row(inputs, question)}"


def _row(bits: Bits, question: Question) -> str:
    values: Any = bits.view(question.dtype.native).astype(np.float64)
    return np.array2string(values, threshold=8, edgeitems=3, max_line_width=10**6, precision=6)


def _ulps(distance: float) -> str:
    if math.isinf(distance):
        return "no number of ULP"
    return f"{distance:,.0f} ULP" if distance >= 100 else f"{distance:.3g} ULP"


def _advice(found: Disagreement, index: int, ulp: float) -> str:
    """One thing to try, from how the disagreements lie."""
    question = found.question
    values = [question.dtype.decode(result.bits) for result in found.results]
    if found.truth is not None:
        values.append(found.truth.high)
    here = np.array([value.flat[index] for value in values])
    if np.isnan(here).any():
        return "find where the NaN comes from: an overflow, 0·∞, or the untaken branch of a where"
    if math.isinf(ulp) and not here.any():
        return "the zeros have different signs: leave signed_zeros out if that does not matter"
    if ulp <= ROUNDING:
        return f"it is rounding: max_ulp={math.ceil(ulp)} lets it pass"
    with np.errstate(invalid="ignore"):
        gaps = np.max(values, axis=0) - np.min(values, axis=0)
    gap = float(np.max(gaps[found.beyond]))
    if gap <= 8 * question.dtype.eps:
        return (
            f"the results are small where they differ: atol={_rounded_up(gap)} lets it pass, or "
            "compute them without cancellation (expm1, log1p, erfc)"
        )
    if question.inputs.shape == found.beyond.shape:
        x = question.dtype.decode(question.inputs)
        good = np.abs(x[~found.beyond & np.isfinite(x)])
        nearest = float(np.nanmin(np.abs(x[found.beyond]), initial=np.inf))
        if good.size and 0 < good.max() <= nearest:
            return (
                f"they agree up to |x| = {good.max():.4g}: look for an overflow or an approximation"
                " beyond it, or give points from the range that matters"
            )
        if found.beyond.sum() <= max(1, FEW * x.size) < x.size:
            return "they differ at few inputs: look at how kinks and borders of pieces are treated"
    return "look whether both mean the same function: defaults, approximations, parameters"


def _rounded_up(gap: float) -> str:
    """Two digits that are not below the number."""
    unit = 10.0 ** (math.floor(math.log10(gap)) - 1)
    return f"{math.ceil(gap / unit) * unit:.2g}"
