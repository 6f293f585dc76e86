"""Linear maps that have a formula of their own for their transpose.

JAX makes the transpose of a ``custom_jvp`` by going through its steps backwards: other additions,
hence other roundings, and +0 for what a product makes −0. With this primitive reverse mode is the
formula that the other frameworks evaluate. It keeps its operands for the backward pass and nothing
else, composes with every transformation, and is differentiated as the formulas are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

Map = Callable[..., Any]


def product(forward: Map, back: Map, fixed: tuple[Any, ...], step: Any) -> Any:
    """``forward(*fixed, step)``, linear in the step; its transpose is ``back(*fixed, cotangent)``.

    Both are functions of arrays alone.
    """
    return _product.bind(*fixed, step, forward=forward, back=back)


def _result(*operands: Any, forward: Map, back: Map) -> Any:
    """The type of the result."""
    (result,) = jax.make_jaxpr(forward)(*operands).out_avals
    return result


def _change(primals: Any, tangents: Any, *, forward: Map, back: Map) -> tuple[Any, Any]:
    y = _product.bind(*primals, forward=forward, back=back)
    *steps, last = tangents
    changes = []
    moving = [i for i, step in enumerate(steps) if not isinstance(step, ad.Zero)]
    if moving:

        def of_moving(*moved: Any) -> Any:
            operands = list(primals)
            for i, x in zip(moving, moved, strict=True):
                operands[i] = x
            return forward(*operands)

        # Reverse mode keeps the operands and computes the rest anew.
        change = jax.checkpoint(lambda *pairs: jax.jvp(of_moving, *pairs)[1], prevent_cse=False)
        changes.append(change([primals[i] for i in moving], [steps[i] for i in moving]))
    if not isinstance(last, ad.Zero):
        changes.append(_product.bind(*primals[:-1], last, forward=forward, back=back))
    return y, sum(changes[1:], changes[0])


def _transpose(cotangent: Any, *operands: Any, forward: Map, back: Map) -> list[Any]:
    *fixed, step = operands
    if isinstance(cotangent, ad.Zero):
        return [*(None for _ in fixed), ad.Zero(step.aval)]
    gradient = _product.bind(*fixed, cotangent, forward=back, back=forward)
    return [*(None for _ in fixed), gradient]


def _batch(operands: Any, places: Any, *, forward: Map, back: Map) -> tuple[Any, int]:
    size = next(x.shape[at] for x, at in zip(operands, places, strict=True) if at is not None)
    *fixed, step = operands
    step = _to_front(step, places[-1], size)
    axes = (*places[:-1], 0)
    rows = {"forward": jax.vmap(forward, axes), "back": jax.vmap(back, axes)}
    return _product.bind(*fixed, step, **rows), 0


def _lowered(*operands: Any, forward: Map, back: Map) -> Any:
    return forward(*operands)


# JAX's function has no types.
_to_front: Any = batching.bdim_at_front

_product: Any = Primitive("multiact_product")
_product.def_impl(_lowered)
_product.def_abstract_eval(_result)
ad.primitive_jvps[_product] = _change
ad.primitive_transposes[_product] = _transpose
batching.primitive_batchers[_product] = _batch
mlir.register_lowering(_product, mlir.lower_fun(_lowered, multiple_results=False))
