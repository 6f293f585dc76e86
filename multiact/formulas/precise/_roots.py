"""Factors of a derivative that change sign, relatively accurate arbitrarily close to the root."""

from __future__ import annotations

from typing import Any, NamedTuple

from multiact.formulas.precise._polynomials import polynomial


class Root(NamedTuple):
    """A function near one of its roots, as a polynomial in the distance from a float64.

    ``at`` is the float64 nearest to the root. The constant coefficient is the function's value
    there, so that the distance from the root itself needs no second part of it: compilers fold
    (x − high) − low into one subtraction.
    """

    at: float
    reach: float
    coefficients: tuple[float, ...]

    def mend(self, xp: Any, distance: Any, elsewhere: Any) -> Any:
        """The polynomial where ``distance`` from :attr:`at` is within reach, else ``elsewhere``."""
        near = xp.maximum(xp.minimum(distance, self.reach), -self.reach)
        inside = xp.abs(distance) < self.reach
        return xp.where(inside, polynomial(self.coefficients, near), elsewhere)
