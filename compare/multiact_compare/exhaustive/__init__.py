"""Sweeps over every number of a dtype: ``multiact parity --exhaustive``.

Four thousand million points are too many for the oracle of :mod:`multiact_compare.oracle`, which
takes microseconds for each. Neighbouring inputs lie so close together that a short polynomial with
a proven error bound stands for it (:mod:`~multiact_compare.exhaustive.polynomial`); wherever that
bound leaves a verdict open, the oracle itself decides.
"""
