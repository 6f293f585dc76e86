"""Activations of users: one formula that becomes a member of every backend.

A custom function is known by "module:name". Its front-end function finds the backend by the type
of x, as those of the catalogue do, and there its own attribute: ``multiact.backend.build`` makes it
from the formula for every backend that is loaded, now or later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from multiact import _dispatch
from multiact._record import Record, records
from multiact._typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import FunctionType

    from multiact.formulas import Elementwise

FAMILY = "custom"

FACTS = (
    "formula", "kinks", "kink_gradient", "limits", "range", "monotonic", "zero_centred",
    "smoothness", "derivative_range", "derivative_roots", "zeros", "cases", "paper",
)  # fmt: skip
"""What a user may declare about a function, as :class:`Record` has it."""


DEFAULTS = {"formula": "", "kink_gradient": "that of the piece taken there"}


class Custom(NamedTuple):
    """A user's activation: its record, its formula, and what it is measured against.

    ``value``, ``derivative`` and ``partials`` are the functions as given, ``reference`` an
    independent definition in ``arithmetic`` ("mpmath" or "arb"), if there is one.
    """

    record: Record
    formula: Elementwise
    value: Callable[..., Any]
    derivative: Callable[..., Any] | None
    partials: Mapping[str, Callable[..., Any]]
    reference: Callable[..., Any] | None
    arithmetic: str


customs: dict[str, Custom] = {}
"""Every custom activation of this process: "module:name" -> :class:`Custom`."""

_known: dict[Callable[..., Any], tuple[str, bool]] = {}
"""Every function made here -> its name, and whether it is of the precise tier."""

_followers: list[Callable[[Record], None]] = []


def activation(
    function: FunctionType | None = None,
    /,
    *,
    derivative: Callable[..., Any] | None = None,
    partials: Mapping[str, Callable[..., Any]] | None = None,
    mpmath: Callable[..., Any] | None = None,
    arb: Callable[..., Any] | None = None,
    **facts: Any,
) -> Any:
    """Make an activation of a formula: on every framework, with its gradients.

    Parameters
    ----------
    function : callable
        ``value(xp, x, *parameters)``: the value for whole arrays, written with Python's operators
        and the functions of ``xp``: exp, expm1, log, log1p, sqrt, sin, cos, atan, tanh, sigmoid,
        erf, erfc, abs, where, maximum, minimum, clip, and the numbers pi and inf. Branches are
        ``xp.where(condition, a, b)``. Every parameter may be a number or an array.
    derivative : callable, optional
        ``derivative(xp, x, *parameters)``: ∂value/∂x, in a form that is more accurate or cheaper.
        Without it the formula is differentiated: at a kink between pieces the derivative is that
        of the piece that ``where`` takes there, and ``maximum(x, y)`` takes y where both are equal.
    partials : mapping of str to callable, optional
        The same with respect to parameters, by their names.
    mpmath, arb : callable, optional
        An independent definition for ``multiact parity``: ``mpmath(x, **parameters)`` of an mpmath
        number, or ``arb(x, **parameters)`` of a ``flint.arb_series``, which has arb's functions.
    **facts
        What else is known, as in :class:`Record`: formula (LaTeX), kinks, limits, range, monotonic,
        zero_centred, smoothness, derivative_range, derivative_roots, zeros, cases, paper.

    Returns
    -------
    function
        ``f(x, *parameters)``, as those of the catalogue: for arrays of every framework, in eager
        and compiled code, with ``multiact.vjp``, ``multiact.derivative`` and layers.
        ``f.precise`` is the same computed in float64 and rounded once.

    Raises
    ------
    TypeError
        The formula is no function of ``(xp, x, …)``, branches on its input, or uses what is not
        there; or a fact is unknown.
    ValueError
        The formula does not depend on x, or a derivative belongs to no parameter.

    Notes
    -----
    16-bit arrays are computed in float32 and rounded once. Derivatives with respect to x and to
    every parameter are exact: the rules of calculus are applied to the formula, on every framework
    in the same way, so that gradients agree at kinks too.

    Examples
    --------
    >>> import numpy, multiact
    >>> @multiact.activation(kinks=(0.0,))
    ... def relu_cos(xp, x, amplitude=0.5):
    ...     return xp.maximum(x, 0.0) + amplitude * xp.cos(x)
    >>> relu_cos(numpy.array([-1.0, 0.0, 2.0]))
    array([0.27015115, 0.5       , 1.79192658])
    >>> multiact.derivative(relu_cos, numpy.array([-1.0, 0.0, 2.0]), amplitude=1.0)
    array([0.84147098, 0.        , 0.09070257])
    """

    def make(function: FunctionType) -> Any:
        from multiact import precise
        from multiact.formulas import custom

        custom.check_facts(facts, FACTS)
        formula = custom.formula(function, derivative, partials or {})
        if mpmath is not None and arb is not None:
            raise TypeError(
                f"{function.__name__} got two references, mpmath and arb. Allowed is one of them; "
                f"leave the other one out."
            )
        name = f"{function.__module__}:{function.__qualname__}"
        parameters = custom.defaults(function)
        front = custom.dress(_front(name, parameters, _dispatch.find), function)
        front.precise = custom.dress(_front(name, parameters, precise.find), function)
        record = Record(
            name=name,
            function=front,
            family=FAMILY,
            kind="elementwise",
            tensor_parameters=tuple(parameters),
            **{**DEFAULTS, **facts, "cases": custom.cases(function, facts.get("cases"))},
        )
        given = Custom(
            record=record,
            formula=formula,
            value=function,
            derivative=derivative,
            partials=dict(partials or {}),
            reference=mpmath or arb,
            arithmetic="mpmath" if mpmath else "arb",
        )
        enter(given)
        return front

    return make if function is None else make(function)


def member_name(name: str) -> str:
    """The attribute of a backend's package that is the custom function of this name."""
    return "custom_" + "".join(c if c.isalnum() else "_" for c in name)


def enter(custom: Custom) -> None:
    """Remember a custom activation and let the backends that are loaded make it.

    One of the same name is replaced: notebooks run a cell again. What still holds the function
    that was made before means the new one with it, whose members the backends have.
    """
    record = custom.record
    taken = {member_name(name): name for name in customs}.get(member_name(record.name))
    if taken not in (None, record.name):
        raise ValueError(
            f"{record.name} is too much like {taken}, from which it differs only in characters "
            f"that are no letters or digits; rename one of them."
        )
    customs[record.name] = custom
    _known[record.function] = record.name, False
    _known[precise_of(record)] = record.name, True
    for follow in _followers:
        follow(record)
    from multiact import _saving

    _saving.tell_keras()


def follow(made: Callable[[Record], None]) -> None:
    """Call ``made`` with every custom activation there is, and with those to come."""
    for custom in list(customs.values()):
        made(custom.record)
    _followers.append(made)


def record_of(function: Any) -> Record | None:
    """The record of a custom activation in either tier, ``None`` for anything else."""
    try:
        return customs[_known[function][0]].record
    except (KeyError, TypeError):
        return None


def is_precise(function: Any) -> bool:
    """Whether a custom activation is that of the precise tier."""
    return _known[function][1]


def precise_of(record: Record) -> Any:
    """The function of the precise tier."""
    return getattr(record.function, "precise")  # noqa: B009


def find(name: str) -> Record:
    """The record of a name: of the catalogue, or "module:name" of a custom activation.

    No module is imported for it, since names come from saved models as well.

    Raises
    ------
    ValueError
        There is no such function, or its module has not been imported.
    """
    record = records.get(name)
    if record is not None:
        return record
    if name in customs:
        return customs[name].record
    module, colon, _ = name.partition(":")
    todo = f"import {module} first" if colon else "multiact.records has all names"
    raise ValueError(
        f"there is no function {name!r}. Allowed is a name of the catalogue, or "
        f"'your_module:your_function' for what multiact.activation has made; {todo}."
    )


def _front(
    name: str,
    defaults: Mapping[str, float | None],
    find: Callable[[type], Any],
) -> Callable[..., Any]:
    """The function that users call, over a tier."""
    count, member = len(defaults), member_name(name)

    def front(x: Any, *args: Any, **params: Any) -> Any:
        if params or len(args) != count:
            args = spread(name, defaults, args, params)
        return getattr(find(type(x)), member)(x, *args)

    return front


def spread(
    function: str,
    defaults: Mapping[str, float | None],
    args: tuple[Any, ...],
    params: Mapping[str, Any],
) -> tuple[Any, ...]:
    """The parameters by position; ``defaults`` has ``None`` for those that must be given."""
    values: dict[str, Any] = dict(defaults)
    names = tuple(values)
    for name, value in zip(names, args, strict=False):
        values[name] = value
    given = names[: len(args)]
    allowed = ", ".join(names) or "none"
    if len(args) > len(names):
        raise TypeError(
            f"{function} got {len(args)} parameters beside x. Allowed: {allowed}; drop the others."
        )
    for name, value in params.items():
        if name not in values:
            raise TypeError(f"{function} got an unknown parameter {name!r}. Allowed: {allowed}.")
        if name in given:
            raise TypeError(f"{function} got {name} twice, by position and by name; drop one.")
        values[name] = value
    for name in names:
        if defaults[name] is None and name not in given and name not in params:
            raise TypeError(f"{function} needs {name}. Pass {name}=, a number or an array.")
    return tuple(values.values())
