"""Activation functions as layers: ``multiact.layers.torch``, ``.keras`` and ``.flax``.

Each framework has a door of its own, and importing one imports that framework alone; importing
``multiact`` imports none of them. The doors are not called ``multiact.torch`` and so on, because
``multiact`` itself is the same for every framework: only what holds state differs.

The classes are made from the records, and are the same in all three: ``GELU``, ``LeakyReLU``,
``Swish``, … (:data:`NAMES`), and ``Activation("gelu")`` for any function by its name. Every
parameter that a function takes as a tensor can be a fixed number or learnt::

    SiLU(beta=1.5)                                  # fixed
    SiLU(beta=1.5, learnable="beta")                # learnt, one value
    SiLU(learnable="beta", channels=64, axis=1)     # learnt, one value for each channel

(``trainable`` is a word that Keras has for whole layers.) PReLU and Swish learn theirs unless told
otherwise. The gated units and Maxout are the layers of their papers, affine maps included;
``Activation("swiglu")`` is the function of two halves alone.
"""

from __future__ import annotations

from multiact.layers._names import gated, named

NAMES = tuple(sorted(["Activation", "Maxout", *dict(named()), *dict(gated())]))
"""The classes that every framework's door has."""

__all__ = ["NAMES"]
