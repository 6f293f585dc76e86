"""The mathematics of the precise tier: float64 formulas, in modules of the families' names.

Values keep 4 ULP and first derivatives 8, relative to themselves: in the tails down to subnormal
results, and arbitrarily close to the roots of a derivative. Rounded to 32 or 16 bits they are
correct. A formula that is as accurate in its default form has no twin here. Only basic operations,
``exp``, ``log``, ``sqrt`` and ``truncate`` are relied upon.
"""
