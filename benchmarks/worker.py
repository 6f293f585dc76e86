"""Measure one framework in a process of its own; the results are one JSON object on stdout."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from timeit import Timer
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

import multiact
from benchmarks.frameworks import FRAMEWORKS, NAMES, Framework
from benchmarks.timing import compare, least, nanoseconds_over

ELEMENTS = 1_000_000
MEMORY_ELEMENTS = 16_000_000


def overhead(backend: str) -> dict[str, dict[str, float]]:
    """Nanoseconds of a call of tanh beyond the call it ends in, for multiact and its rivals."""
    import autoray
    import eagerpy
    from array_api_compat import array_namespace

    os.environ["KERAS_BACKEND"] = backend
    import keras

    package: Any
    x: Any
    native: Any
    if backend == "numpy":
        import multiact_numpy as package

        x = np.linspace(-1, 1, 8)
        native = np.tanh
    else:
        import multiact_torch as package
        import torch

        x = torch.linspace(-1, 1, 8)
        native = torch.tanh
    calls = {
        "native": Timer("tanh(x)", globals={"tanh": native, "x": x}),
        "multiact": Timer("tanh(x)", globals={"tanh": multiact.tanh, "x": x}),
        "a bare table": Timer("tanh(x)", globals={"tanh": bare_table(type(x), native), "x": x}),
        "autoray": Timer("do('tanh', x)", globals={"do": autoray.do, "x": x}),
        "array-api-compat": Timer(
            "namespace(x).tanh(x)", globals={"namespace": array_namespace, "x": x}
        ),
        "eagerpy": Timer("tensor(x).tanh().raw", globals={"tensor": eagerpy.astensor, "x": x}),
        "keras.ops": Timer("tanh(x)", globals={"tanh": keras.ops.tanh, "x": x}),
    }
    return {
        "over_backend_ns": over_backend(package, x),
        "over_nothing_ns": over_nothing(package, x),
        "over_native_ns": nanoseconds_over(calls, "native"),
    }


def bare_table(kind: type, native: Any) -> Any:
    """The least that a dispatch by type can be: a table with the framework's own function in it."""
    functions: Any = ModuleType("functions")
    functions.tanh = native
    table = {kind: functions}

    def tanh(x: Any) -> Any:
        return table[type(x)].tanh(x)

    return tanh


def over_backend(package: Any, x: Any) -> dict[str, float]:
    """Nanoseconds of multiact's tanh and of a mere wrapper beyond the tanh of the backend.

    ``multiact`` is for an array type in the first place, where a process with one framework has it;
    ``second`` for the second place and ``table`` for the other types.
    """
    backend_tanh = package.tanh

    def wrapper(x: Any) -> Any:
        return backend_tanh(x)

    front: Any = multiact.tanh
    names = front.__globals__
    assert names["first_type"] is type(x)
    taken = {**names, "first_type": None}
    second = {**taken, "second_type": type(x), "second_tanh": backend_tanh}
    # Code of their own, since what Python learns about globals is kept there.
    tanhs = {
        "backend": backend_tanh,
        "multiact": front,
        "second": FunctionType(front.__code__.replace(), second),
        "table": FunctionType(front.__code__.replace(), taken),
        "wrapper": wrapper,
    }
    timers = {name: Timer("tanh(x)", globals={"tanh": f, "x": x}) for name, f in tanhs.items()}
    return nanoseconds_over(timers, "backend")


def over_nothing(package: Any, x: Any) -> dict[str, float]:
    """The same where the backend's tanh returns at once, which leaves the call alone."""
    names = multiact.tanh.__globals__
    kept = names["first_tanh"]
    package.tanh = names["first_tanh"] = lambda x: x
    try:
        return over_backend(package, x)
    finally:
        package.tanh = names["first_tanh"] = kept


def bare_jax() -> dict[str, float]:
    """Microseconds of relu on a small array outside jit."""
    import jax

    x = jax.numpy.linspace(-1, 1, 8)
    relus = {"multiact_us": multiact.relu, "jax_nn_us": jax.nn.relu}
    timers = {name: Timer("relu(x)", globals={"relu": f, "x": x}) for name, f in relus.items()}
    return {name: seconds * 1e6 for name, seconds in least(timers).items()}


def throughput(framework: Framework, name: str, rounds: int) -> dict[str, Any]:
    """Forward, and forward with backward, of a million float32 elements against the native call."""
    values = np.random.default_rng(0).standard_normal((ELEMENTS // 1000, 1000)).astype(np.float32)
    x = framework.array(values)
    row: dict[str, Any] = {"function": name, "outside": framework.outside.get(name)}
    ours, native = framework.ours(name, x), framework.native(name, x)
    cotangent = framework.cotangent(ours, x)
    backward = partial(framework.backward, cotangent=cotangent)
    for direction, make in (("forward", framework.forward), ("backward", backward)):
        our_call = make(ours, x)
        if our_call is None:
            continue
        rival = our_call if native is None else make(native, x)
        assert rival is not None
        result = compare(our_call, rival, rounds)
        row[direction] = {
            "ours_ms": result.ours * 1e3,
            "native_ms": result.rival * 1e3 if native else None,
            "ratio": result.ratio if native else None,
        }
    return row


def speed(framework: Framework, backend: str, rounds: int) -> dict[str, Any]:
    """Call overhead and throughput."""
    report: dict[str, Any] = {"backend": backend, "throughput": []}
    if backend in ("numpy", "torch"):
        report["overhead"] = overhead(backend)
    if backend == "jax":
        report["bare"] = bare_jax()
    for name in NAMES:
        report["throughput"].append(throughput(framework, name, rounds))
        print(f"{backend}: {name}", file=sys.stderr, flush=True)
    return report


def memory(framework: Framework) -> dict[str, Any]:
    """Function -> arrays that ours keeps, and that the native one keeps."""
    kept = {}
    x = framework.array(np.ones((MEMORY_ELEMENTS // 4000, 4000), np.float32))
    for name in NAMES:
        native = framework.native(name, x)
        ours = framework.kept(framework.ours(name, x), x)
        kept[name] = ours, framework.kept(native, x) if native else None
    return kept


def main(backend: str, part: str, rounds: int) -> None:
    framework = FRAMEWORKS[backend]()
    found = memory(framework) if part == "memory" else speed(framework, backend, rounds)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
