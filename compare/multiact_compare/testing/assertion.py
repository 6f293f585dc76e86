""":func:`assert_parity`: the same function on several backends, or against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, Literal, TypeAlias

import numpy as np

from multiact_compare.dtypes import DTYPES
from multiact_compare.plan import NEVER_COMPILED, QUANTITIES, WIDE_ONLY, Quantity
from multiact_compare.testing import message, names, points, references
from multiact_compare.testing.backends import kind_of
from multiact_compare.testing.differences import Reference, Rules, between, from_truth
from multiact_compare.testing.evaluation import Question, Result, evaluate, title

Versions: TypeAlias = Callable[..., Any] | Mapping[str, Callable[..., Any]]


def assert_parity(
    f: Versions,
    *,
    backends: Sequence[str] | None = None,
    dtypes: str | Sequence[str] = "float32",
    quantity: Quantity | Sequence[Quantity] = "value",
    points: Any = points.DEFAULT,
    reference: references.Given | None = None,
    arithmetic: Literal["float64", "mpmath", "arb"] = "float64",
    max_ulp: float = 4,
    atol: float = 0.0,
    compiled: bool = False,
    params: Mapping[str, Any] | None = None,
    kinks: Sequence[float] = (),
    allow_nan: bool = False,
    signed_zeros: bool = False,
    subnormals: bool = False,
) -> None:
    """Assert that a function is the same on every backend, or is what a reference says.

    Parameters
    ----------
    f : callable or mapping
        One function that takes an array of any backend, or a mapping from backends to versions of
        one thing: ``{"torch": f_torch, "jax": f_jax}``.
    backends : sequence of str, optional
        Some of numpy, torch, tensorflow, jax, array_api. Default: those of the mapping; for one
        function all of the first four that are installed (for derivatives of functions that are
        not multiact's without NumPy, which cannot differentiate them).
    dtypes : str or sequence of str, default "float32"
        Some of float16, bfloat16, float32, float64. On JAX, 64 bits are on for float64.
    quantity : {"value", "derivative", "second"} or sequence of them
        What is compared; the derivatives are elementwise, by :func:`multiact.derivative`.
    points : int, tuple of int, or array, default 2000
        A number of points, which are stratified over the exponents up to |x| = 1e4 and dense near
        0 and the kinks, with ±0 and NaN (the 16-bit dtypes take all their numbers in that range);
        or a shape, for random numbers; or the inputs themselves, rounded to each dtype.
    reference : str, callable or mapping, optional
        The name of a function of multiact's catalogue, whose truth is certified; or a callable;
        or a mapping from quantities to callables. Without one the backends are compared with one
        another.
    arithmetic : {"float64", "mpmath", "arb"}
        What a callable reference takes: a float64 NumPy array, or one ``mpmath.mpf`` or
        ``flint.arb`` at a time, at 256 bits.
    max_ulp : float, default 4
        How far apart results may be: in representable numbers, or in ULP of the truth.
    atol : float, default 0
        Results that are no farther apart than this agree as well. There is no absolute tolerance
        unless you give one: it hides every error of small results.
    compiled : bool, default False
        Compare the results of ``torch.compile``, ``tf.function`` with XLA and ``jax.jit`` too.
    params : mapping, optional
        Keyword arguments of f, and of the reference. Floating NumPy arrays are converted to
        arrays of the backend.
    kinks : sequence of float
        Where f has kinks: points are dense there. Those of a reference by name are known.
    allow_nan : bool, default False
        Without a reference, NaN for an x that is a number is a failure even if all backends agree
        on it, unless this is set.
    signed_zeros : bool, default False
        Whether +0 and −0 are different results.
    subnormals : bool, default False
        Whether to take subnormal inputs, and to tell results below the smallest normal number
        from 0, which XLA and TensorFlow do not. In float16 they always count.

    Raises
    ------
    AssertionError
        The results are too far apart; or f raises, returns another dtype, shape or framework, or
        NaN for a number. The message shows the worst input and all results there, in decimal and
        hex.
    ValueError, TypeError
        The call itself is wrong: names, points, a reference that says nothing about a quantity.

    Notes
    -----
    NaN agrees with NaN and with nothing else. An infinity is the number that follows the largest
    finite one.

    Examples
    --------
    >>> import multiact
    >>> from multiact_compare.testing import assert_parity
    >>> assert_parity(multiact.relu, backends=["numpy", "torch"], max_ulp=0)
    >>> assert_parity(multiact.silu, backends=["numpy"], reference="silu", max_ulp=8, points=500)
    """
    params = dict(params or {})
    versions = _versions(f, backends, quantity)
    rules = Rules(_at_least_0("atol", atol), signed_zeros, subnormals)
    _at_least_0("max_ulp", max_ulp)
    _one_of("arithmetic", arithmetic, ("float64", "mpmath", "arb"))
    if reference is None and len(versions) + (compiled and bool(_compiling(versions))) < 2:
        raise ValueError(
            f"there is nothing to compare {', '.join(versions)} with: name another backend, a "
            "reference, or compiled=True where there is a compiled mode"
        )
    near = sorted({*map(float, kinks), *references.kinks_of(reference, params)})
    failures = []
    for name, wanted in product(_several("dtype", dtypes, DTYPES), _quantities(quantity)):
        dtype = DTYPES[name]
        question = Question(dtype, wanted, _points(points, dtype, near, subnormals), params)
        results = list(_results(versions, question, compiled))
        heading = " and ".join(dict.fromkeys(map(title, versions.values())))
        if reference is None:
            failure = _compare(heading, question, results, max_ulp, rules, allow_nan)
        else:
            x = dtype.decode(question.inputs)
            truth = references.truth(reference, arithmetic, wanted, params, x)
            failure = _judge(heading, question, results, truth, max_ulp, rules)
        if failure:
            failures.append(failure)
    if failures:
        raise AssertionError("\n\n".join(failures))


_points = points.points


def _results(
    versions: Mapping[str, Callable[..., Any]], question: Question, compiled: bool
) -> Iterator[Result]:
    first: Result | None = None
    for backend, function in versions.items():
        if question.dtype.width == 16 and backend in WIDE_ONLY:
            raise ValueError(f"{backend} has no {question.dtype.name}: leave one of them out")
        for mode in (False, True) if compiled and backend not in NEVER_COMPILED else (False,):
            result = evaluate(function, backend, question, mode)
            first = first or result
            if result.bits.shape != first.bits.shape:
                raise AssertionError(
                    f"{title(function)} on {result.label} ({question.words}) returned the shape "
                    f"{result.bits.shape}, {first.label} {first.bits.shape}, for "
                    f"{question.inputs.shape}\n  try  the same axis and keepdims in both versions"
                )
            yield result


def _compare(
    heading: str,
    question: Question,
    results: Sequence[Result],
    max_ulp: float,
    rules: Rules,
    allow_nan: bool,
) -> str | None:
    """All with one another."""
    if not allow_nan:
        for result in results:
            at = np.flatnonzero(_born_nan(result, question))
            if at.size:
                return message.not_a_number(heading, question, results, result.label, at)
    pairs = [
        (one, other, between(one.bits, other.bits, question.dtype, rules))
        for one, other in combinations(results, 2)
    ]
    one, other, distances = max(pairs, key=lambda pair: float(pair[2].max(initial=0.0)))
    beyond = np.any([pair[2] > max_ulp for pair in pairs], axis=0)
    if not beyond.any():
        return None
    return message.disagreement(
        message.Disagreement(
            heading, question, results, (one.label, other.label), distances, beyond, None, max_ulp,
            rules,
        )
    )  # fmt: skip


def _judge(
    heading: str,
    question: Question,
    results: Sequence[Result],
    truth: Reference,
    max_ulp: float,
    rules: Rules,
) -> str | None:
    """Each against the truth."""
    shape = results[0].bits.shape
    if truth.high.shape != shape:
        raise ValueError(
            f"reference gives the shape {truth.high.shape}, {heading} {shape}, for x of shape "
            f"{question.inputs.shape}; write the reference for whole arrays"
        )
    errors = [(one, from_truth(one.bits, truth, question.dtype, rules)) for one in results]
    one, worst = max(errors, key=lambda pair: float(pair[1].max(initial=0.0)))
    beyond = np.any([error > max_ulp for _, error in errors], axis=0)
    if not beyond.any():
        return None
    return message.disagreement(
        message.Disagreement(
            heading, question, results, (one.label, "the reference"), worst, beyond, truth, max_ulp,
            rules,
        )
    )  # fmt: skip


def _born_nan(result: Result, question: Question) -> Any:
    """Where a result is NaN though its input is a number; of rows only if all inputs are."""
    nan = np.isnan(question.dtype.decode(result.bits))
    finite = np.isfinite(question.dtype.decode(question.inputs))
    elementwise = finite.ndim < 2 and finite.shape == nan.shape
    return nan & (finite if elementwise else finite.all())


def _versions(
    f: Versions, backends: Sequence[str] | None, quantity: Any
) -> dict[str, Callable[..., Any]]:
    """Backend -> function, checked."""
    if not callable(f) and not (isinstance(f, Mapping) and f and all(map(callable, f.values()))):
        raise TypeError(
            f"f is {kind_of(f)}; allowed are a function, or a mapping from backends to functions "
            'such as {"torch": f_torch, "jax": f_jax}'
        )
    if isinstance(backends, str):
        backends = (backends,)
    differentiates = set(_quantities(quantity)) != {"value"}
    if isinstance(f, Mapping):
        chosen = list(f) if backends is None else list(backends)
    elif backends is None:
        chosen = [name for name in names.USUAL if names.installed(name)]
        if differentiates and not _of_multiact(f) and "numpy" in chosen:
            chosen.remove("numpy")
    else:
        chosen = list(backends)
    for name in chosen:
        wrong = names.problem(name)
        if wrong:
            raise ValueError(f"backends: {wrong}")
        if isinstance(f, Mapping) and name not in f:
            raise ValueError(f"backends: f has no version for {name}, only for {', '.join(f)}")
    versions = {name: f[name] if isinstance(f, Mapping) else f for name in chosen}
    for name in ("numpy", "array_api"):
        if differentiates and name in versions and not _of_multiact(versions[name]):
            raise ValueError(
                f"{name} cannot differentiate {title(versions[name])}, which is not multiact's: "
                "leave that backend out, or compare values"
            )
    if not versions:
        raise ValueError("backends is empty, or no framework is installed")
    return versions


def _compiling(versions: Mapping[str, Any]) -> list[str]:
    return [name for name in versions if name not in NEVER_COMPILED]


def _of_multiact(function: Callable[..., Any]) -> bool:
    return (getattr(function, "__module__", None) or "").partition(".")[0] == "multiact"


def _quantities(quantity: Any) -> list[Quantity]:
    return _several("quantity", quantity, QUANTITIES)


def _several(what: str, given: Any, known: Any) -> list[Any]:
    chosen = [given] if isinstance(given, str) else list(given)
    for one in chosen:
        _one_of(what, one, known)
    if not chosen:
        raise ValueError(f"no {what} is named; allowed are {', '.join(known)}")
    return list(dict.fromkeys(chosen))


def _one_of(what: str, given: Any, known: Any) -> None:
    if given not in known:
        raise ValueError(f"there is no {names.unknown(what, given, known)}")


def _at_least_0(what: str, given: float) -> float:
    if not given >= 0:
        raise ValueError(f"{what} is {given}; allowed are numbers from 0 on")
    return given
