"""The formulas of users: checked when they are given, and differentiated by dual numbers."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from multiact import _custom
from multiact._dual import Dual, DualPrimitives
from multiact.formulas._kinds import Elementwise, Lift


def _sigmoid(a: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * a))


ONE_ARGUMENT: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "atan": math.atan,
    "tanh": math.tanh,
    "sigmoid": _sigmoid,
    "erf": math.erf,
    "erfc": math.erfc,
    "abs": math.fabs,
}
"""The primitives of one argument that users' formulas may call, each for numbers."""

OTHERS = ("where", "maximum", "minimum", "clip", "pi", "inf")


class Namespace:
    """``xp`` as users' formulas see it: a backend's primitives, without their narrow places."""

    pi = math.pi
    inf = math.inf

    def __init__(self, xp: Any, x: Any) -> None:
        self._xp = xp
        self._x = x

    def __getattr__(self, name: str) -> Any:
        if name not in ONE_ARGUMENT:
            raise unknown_primitive(name)
        primitive, of_number = getattr(self._xp, name), ONE_ARGUMENT[name]
        # Not every framework's functions take numbers, which parameters may be.
        return lambda a: of_number(a) if is_number(a) else primitive(a)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """a where the condition holds, else b."""
        if isinstance(condition, bool):
            return a if condition else b
        if is_number(a) and is_number(b):
            # Two numbers have no dtype of their own; x's is that of the arithmetic.
            x = self._x
            b = float(b) * self._xp.astype_like(x == x, x)
        return self._xp.where(condition, a, b)

    def maximum(self, a: Any, b: Any) -> Any:
        """The larger one, and NaN for NaN; b where they are equal."""
        return self.where(a > b, a, self.where(a <= b, b, a + b))

    def minimum(self, a: Any, b: Any) -> Any:
        """The smaller one, and NaN for NaN; b where they are equal."""
        return self.where(a < b, a, self.where(a >= b, b, a + b))

    def clip(self, a: Any, low: Any, high: Any) -> Any:
        """a between low and high, where its derivative is 0."""
        return self.minimum(self.maximum(a, low), high)


def is_number(value: Any) -> bool:
    """Whether this is Python's own number; NumPy's scalars are what formulas are evaluated on."""
    return type(value) is float or type(value) is int


def unknown_primitive(name: str) -> AttributeError:
    """The error for a function that ``xp`` does not have."""
    known = (*ONE_ARGUMENT, *OTHERS)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean xp.{near[0]}?" if near else ""
    return AttributeError(f"xp has no {name!r}.{hint} Allowed: {', '.join(known)}.")


def formula(
    function: Callable[..., Any],
    derivative: Callable[..., Any] | None,
    partials: Mapping[str, Callable[..., Any]],
) -> Elementwise:
    """The formula of a custom activation, every part of it checked."""
    parameters = tuple(defaults(function))
    for name in partials:
        if name not in parameters:
            raise ValueError(
                f"{function.__name__} got the derivative with respect to {name!r}. Allowed: "
                f"{', '.join(parameters) or 'none, it has no parameters'}."
            )
    probe(function, function.__name__, len(parameters))
    if derivative is not None:
        probe(derivative, f"the derivative of {function.__name__}", len(parameters), False)
    for name, partial in partials.items():
        what = f"the derivative of {function.__name__} with respect to {name}"
        probe(partial, what, len(parameters), False)
    slopes = [derivative, *(partials.get(name) for name in parameters)]
    return Elementwise(
        function.__name__,
        value=plainly(function),
        partials=tuple(
            differentiated(function, index) if slope is None else plainly(slope)
            for index, slope in enumerate(slopes)
        ),
        parameters=parameters,
        given=True,
    )


def plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the user as a part of a formula: NaN for NaN, in the shape of x."""

    def evaluate(xp: Any, x: Any, *parameters: Any) -> Any:
        y = function(Namespace(xp, x), x, *parameters)
        return xp.where(x == x, y, x)

    return evaluate


def differentiated(function: Callable[..., Any], index: int) -> Callable[..., Any]:
    """The derivative with respect to x (0) or to a parameter, by dual numbers."""

    def slope(xp: Any, x: Any, *parameters: Any) -> Any:
        duals = [value if is_number(value) else Dual(value, 0.0) for value in (x, *parameters)]
        moving: Any = duals[index]
        # 1 everywhere, but NaN where the input is.
        moving.tangent = xp.where(moving.value == moving.value, 1.0, moving.value)
        dual_xp = DualPrimitives(xp)
        y = function(Namespace(dual_xp, duals[0]), *duals)
        # NaN for NaN, and a constant slope in x's shape and dtype.
        return xp.where(x == x, y.tangent if isinstance(y, Dual) else 0.0, x)

    return slope


def factory(name: str) -> Callable[[Lift], Callable[..., Any]]:
    """What builds a custom activation for a backend."""
    custom = _custom.customs[name]
    formula, settled = custom.formula, defaults(custom.value)
    count = len(settled)

    def build(lift: Lift) -> Callable[..., Any]:
        apply = lift.elementwise(formula, formula.name)

        def function(x: Any, *parameters: Any, **named: Any) -> Any:
            if named or len(parameters) != count:
                parameters = _custom.spread(name, settled, parameters, named)
            return apply(x, *parameters)

        return function

    return build


def defaults(function: Callable[..., Any]) -> dict[str, float | None]:
    """The parameters after (xp, x) with their defaults, ``None`` for none."""
    if not inspect.isfunction(function):
        raise TypeError(
            f"multiact.activation got {function!r}. Allowed is a plain function "
            f"f(xp, x, …) that returns the value for whole arrays."
        )
    found = list(inspect.signature(function).parameters.values())
    if len(found) < 2:
        raise TypeError(
            f"{function.__name__} takes {len(found)} parameters. Allowed is f(xp, x, …): xp has "
            f"the functions to write the formula with, x is the array."
        )
    result: dict[str, float | None] = {}
    for parameter in found[2:]:
        number = isinstance(parameter.default, (int, float))
        plain = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if not plain or not (number or parameter.default is parameter.empty):
            raise TypeError(
                f"{function.__name__} has the parameter {parameter}. Allowed are plain parameters "
                f"that are numbers or arrays, without a default or with a number; for other "
                f"settings write a function that makes the activation."
            )
        result[parameter.name] = float(parameter.default) if number else None
    return result


def dress(front: Any, function: Callable[..., Any]) -> Any:
    """Give a front-end function the name, the text and the parameters of the user's."""
    signature = inspect.signature(function)
    _, *parameters = signature.parameters.values()
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(front, name, getattr(function, name))
    front.__signature__ = signature.replace(parameters=parameters)
    return front


def cases(function: Callable[..., Any], given: Any) -> tuple[Mapping[str, Any], ...]:
    """The parameter settings that are measured: those given, or the defaults."""
    parameters = defaults(function)
    missing = [name for name, value in parameters.items() if value is None]
    if given is None:
        # What has no default is measured with 1.
        given = (dict.fromkeys(missing, 1.0),)
    for case in given:
        wrong = [name for name in case if name not in parameters]
        lacking = [name for name in missing if name not in case]
        if wrong or lacking:
            raise ValueError(
                f"{function.__name__} got the case {dict(case)}. Allowed is a dict with some of "
                f"{', '.join(parameters) or 'no parameters'}"
                + (f", {', '.join(missing)} among them" if missing else "")
                + "."
            )
    return tuple(MappingProxyType(dict(case)) for case in given)


def check_facts(facts: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Refuse facts that a record does not have."""
    for name in facts:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise TypeError(
                f"multiact.activation got an unknown fact {name!r}.{hint} Allowed: "
                f"{', '.join(known)}; and derivative, partials, mpmath, arb."
            )


def probe(function: Callable[..., Any], what: str, count: int, depends: bool = True) -> None:
    """Run a formula on symbols, which shows what arrays would only show later, or never."""
    x = Symbol()
    try:
        y = function(Namespace(SymbolPrimitives(), x), x, *(Symbol() for _ in range(count)))
    except (TypeError, AttributeError) as error:
        hint = "" if "xp." in str(error) else ". In a formula use the functions of xp alone"
        raise type(error)(f"{what}: {error}{hint}") from error
    if isinstance(y, (int, float)) and not depends:
        return
    if not isinstance(y, Symbol):
        raise ValueError(
            f"{what} returned {y!r}. Allowed is an expression in x; "
            + ("add the return statement." if y is None else "use x in it.")
        )


class Symbol:
    """Something that can only be calculated with."""

    def _apply(self, *_: Any) -> Symbol:
        return Symbol()

    __neg__ = __invert__ = _apply
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _apply
    __truediv__ = __rtruediv__ = __lt__ = __le__ = __gt__ = __ge__ = _apply
    __eq__ = __ne__ = __and__ = __rand__ = __or__ = __ror__ = _apply  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __pow__(self, exponent: Any) -> Symbol:
        if not isinstance(exponent, (int, float)):
            raise TypeError("a power has a number as its exponent; write xp.exp(b * xp.log(a))")
        return Symbol()

    def __bool__(self) -> bool:
        raise TypeError(
            "a formula cannot branch on its input, which is a whole array: write "
            "xp.where(condition, a, b) for `a if condition else b`, and & for `and`"
        )

    def __float__(self) -> float:
        raise TypeError("a formula cannot make a float of its input: use xp.exp for math.exp")


class SymbolPrimitives:
    """Primitives on symbols."""

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        return lambda *_: Symbol()
