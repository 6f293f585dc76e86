"""torch.fx.symbolic_trace: a call on a Proxy becomes one node of the graph.

The node's target is this package's own function, so the traced module dispatches nothing, and what
happens inside (the choice by dtype) is decided when the module runs on real tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any


class Recording(SimpleNamespace):
    """A backend whose functions append a call to the graph of their first argument.

    ``home`` is the package of the functions, where users' own activations are found when called.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]], home: ModuleType) -> None:
        recorders = {name: _recorder(f) for name, f in functions.items()}
        refusers = {name: _refuser(name) for name in ("vjp", "derivative")}
        super().__init__(**recorders, **refusers, home=home)

    def __getattr__(self, name: str) -> Any:
        return _recorder(getattr(self.home, name))


def _recorder(function: Callable[..., Any]) -> Callable[..., Any]:
    def record(x: Any, *arguments: Any) -> Any:
        return x.tracer.create_proxy("call_function", function, (x, *arguments), {})

    return record


def _refuser(name: str) -> Callable[..., Any]:
    def refuse(*arguments: Any) -> Any:
        raise TypeError(
            f"multiact.{name} got a torch.fx.Proxy, and torch.fx.symbolic_trace cannot record a "
            f"function as an argument. Use torch.export or torch.fx.experimental.proxy_tensor."
            f"make_fx, or wrap the caller with torch.fx.wrap."
        )

    return refuse
