"""multiact on PyTorch tensors."""

from __future__ import annotations

import sys
from typing import Any

import torch
import torch.fx

from multiact._dispatch import serve
from multiact._saving import tell_keras
from multiact.backend import build, welcome
from multiact_torch import precise
from multiact_torch.gradients import derivative, vjp
from multiact_torch.lift import TorchLift
from multiact_torch.natives import NATIVES
from multiact_torch.proxies import Recording

_functions = build(__name__, TorchLift(), NATIVES)
globals().update(_functions)

__all__ = ["ARRAY_TYPES", "EXACT_TYPES", "derivative", "precise", "vjp", *_functions]

_module = sys.modules[__name__]
_proxies = Recording(_functions, _module)
_proxies.precise = Recording({name: getattr(precise, name) for name in _functions}, precise)
EXACT_TYPES: dict[type, Any] = {
    torch.Tensor: _module,
    torch.nn.Parameter: _module,
    torch.fx.Proxy: _proxies,
}
ARRAY_TYPES = (torch.Tensor,)
welcome(__name__, TorchLift())
serve(EXACT_TYPES, ("first", "second"))
tell_keras()
