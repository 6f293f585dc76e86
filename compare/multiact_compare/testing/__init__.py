"""For other people's tests: one function, or several versions of one, compared in ULP.

:func:`assert_parity` compares what backends return, with one another or with a reference;
:func:`ulp_distance` counts the representable numbers between two arrays; ``plugin`` is a plugin of
pytest with the fixtures ``backend`` and ``xp_array`` and the option ``--backends``. Nothing is
imported before it is used: pytest loads the plugin in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiact_compare.testing.assertion import assert_parity
    from multiact_compare.testing.backends import Backend
    from multiact_compare.testing.differences import ulp_distance

__all__ = ["Backend", "assert_parity", "ulp_distance"]

_HOMES = {"assert_parity": "assertion", "Backend": "backends", "ulp_distance": "differences"}


def __getattr__(name: str) -> Any:
    """The public names, each from its module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
