"""The precise tier: ``multiact.precise.gelu`` and every other function of the catalogue.

The same names and parameters, correctly rounded, hence the same bits on every framework: 16- and
32-bit inputs are computed in float64 and rounded once, float64 inputs by formulas that keep a few
ULP everywhere. At ±inf the result is the limit. Values and first derivatives; it is slower than
the default tier.

Examples
--------
>>> import numpy, multiact
>>> multiact.precise.silu(numpy.array([-numpy.inf, -1.0, 2.0], dtype="float32"))
array([-0.        , -0.26894143,  1.7615942 ], dtype=float32)
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

from multiact import _dispatch, _errors
from multiact._record import records
from multiact._typing import TYPE_CHECKING, Any

backends: dict[type, Any] = {}
"""Array type -> the precise functions of its backend, as ``multiact._dispatch.backends``."""

first_type: type | None = None
second_type: type | None = None
"""As in ``multiact._places``: the functions that belong to them become globals here too."""


def find(kind: type) -> Any:
    """The precise functions for any type, as ``multiact._dispatch.find``."""
    try:
        return backends[kind]
    except KeyError:
        backend = _dispatch.find(kind)
    if not hasattr(backend, "precise"):
        raise _errors.no_precise(kind)
    return backend.precise


def _over_this_table(function: Any) -> Callable[..., Any]:
    """A front-end function whose code finds all of the above under their names."""
    # Code of its own: what Python learns about the globals of a function is kept there.
    code = function.__code__.replace()
    twin = FunctionType(code, globals(), function.__name__, function.__defaults__)
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__annotations__ = function.__annotations__
    twin.__doc__ = function.__doc__
    twin.__module__ = __name__
    return twin


_functions = {name: _over_this_table(record.function) for name, record in records.items()}
_aliases = {alias: _functions[name] for name, record in records.items() for alias in record.aliases}
globals().update(_functions, **_aliases)

__all__ = list(_functions | _aliases)

if TYPE_CHECKING:
    # Not at run time: Python looks attributes of a module with this function up the slow way.
    def __getattr__(name: str) -> Callable[..., Any]: ...
