"""Proof by measurement: multiact on every framework against certified arithmetic.

``multiact parity`` on the command line, :func:`multiact_compare.parity.run` from Python.
"""
