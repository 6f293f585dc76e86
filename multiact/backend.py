"""What the author of a backend needs: formulas in, a whole catalogue out.

A backend supplies primitives (:class:`Primitives`) and a lift (:class:`Lift`);
:func:`build` makes every function of the catalogue from them. Native kernels, where they are
worth it, replace single functions. ``closed_form`` has the gradients for arrays without automatic
differentiation, ``error_function`` has erf and erfc for libraries that lack them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import multiact
from multiact import _arguments, _custom, _errors
from multiact import _closed_form as closed_form
from multiact._record import Record
from multiact.formulas import Elementwise, Lift, Primitives, Rowwise, error_function, factory

__all__ = [
    "Elementwise",
    "Lift",
    "Native",
    "Primitives",
    "Rowwise",
    "build",
    "check_parameter",
    "closed_form",
    "error_function",
    "welcome",
]

Native = Callable[[Callable[..., Any]], Callable[..., Any]]
"""Takes the function made from the formula, returns one that prefers the native kernel."""


def build(
    package: str, lift: Lift, natives: Mapping[str, Native] | None = None
) -> dict[str, Callable[..., Any]]:
    """Every function of the catalogue on one framework.

    Parameters
    ----------
    package : str
        The import package the functions will be attributes of.
    lift : Lift
        How the framework computes and differentiates a formula.
    natives : mapping of str to Native, optional
        For some names, a wrapper that uses the framework's kernel where it keeps the contract and
        calls the function it is given elsewhere.

    Returns
    -------
    dict of str to callable
        Canonical name -> plain function with the front end's signature and docstring.
    """
    functions = {}
    for record in multiact.records.values():
        function = _made(record, record.name, package, lift)
        if natives and record.name in natives:
            function = _named(natives[record.name](function), record, record.name, package)
        functions[record.name] = function
    return functions


def welcome(package: str, lift: Lift) -> None:
    """Make the activations of users attributes of a backend's package, now and when they come.

    They are what :func:`multiact.activation` returns; without this call the package serves the
    catalogue alone.
    """

    def enter(record: Record) -> None:
        name = _custom.member_name(record.name)
        setattr(sys.modules[package], name, _made(record, name, package, lift))

    _custom.follow(enter)


def _made(record: Record, name: str, package: str, lift: Lift) -> Callable[..., Any]:
    return _named(factory(record.family, record.name)(lift), record, name, package)


def _named(
    function: Callable[..., Any], record: Record, name: str, package: str
) -> Callable[..., Any]:
    """Tracers that pickle or print calls (jit.trace, fx, export) go by these names."""
    function.__name__ = function.__qualname__ = name
    function.__module__ = package
    function.__doc__ = record.function.__doc__
    return function


def check_parameter(lift: Lift, function: str, name: str, value: Any, x: Any) -> bool:
    """Whether the parameter is an array (that broadcasts to x); a number is none.

    Raises
    ------
    TypeError
        Neither a number nor an array of x's framework.
    ValueError
        An array whose shape does not broadcast to x's.
    """
    if isinstance(value, (int, float)):
        return False
    if not lift.is_array(value):
        raise _errors.foreign_parameter(function, name, value, x)
    _arguments.check_broadcast(function, name, lift.shape(value), lift.shape(x))
    return True
