"""The time and memory of native calls: one process per library, asked in turns.

Libraries that take turns on one function see the same machine, so the ratios of their times mean
something even where its speed drifts. PyTorch, TensorFlow and Keras run eagerly and JAX under jit,
as each is used, on one thread.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from multiact_compare.adapters import ADAPTERS
from multiact_compare.children import surroundings
from multiact_compare.natives import call

SHAPE = (1000, 1000)
REPEATS = 5
PROCESS_SIZE = Path("/proc/self/statm")
"""Linux's; elsewhere what TensorFlow keeps is not known."""

KEPT_SHAPE = (4000, 1000)
"""Large enough that its arrays come straight from the system and show in the process's size."""


@dataclass(frozen=True)
class Speed:
    """A call's times over those of the first library that has it, and the arrays, in sizes of x,
    that it keeps for the backward pass beside x and the result; ``None`` for what it has not."""

    library: str
    milliseconds: float
    forward: float
    backward: float | None
    kept: float | None


class Stopwatch:
    """The processes of some libraries; a context, so that they end."""

    def __init__(self, libraries: Sequence[str]) -> None:
        environment = surroundings()
        self._processes = {
            library: subprocess.Popen(
                [sys.executable, "-P", "-m", "multiact_compare.natives.stopwatch", library],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=environment,
            )
            for library in libraries
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()
            process.communicate()

    def compare(self, calls: Mapping[str, str], rounds: int) -> list[Speed]:
        """The calls of the libraries against that of the first; those that fail are left out."""
        answers: dict[str, list[Mapping[str, Any]]] = {library: [] for library in calls}
        for number in range(rounds):
            for library, text in calls.items():
                answer = self._ask(library, {"call": text, "kept": number == 0})
                if "forward" in answer:
                    answers[library].append(answer)
        whole = {library: found for library, found in answers.items() if len(found) == rounds}
        if not whole:
            return []
        base = next(iter(whole.values()))
        speeds = []
        for library, found in whole.items():
            ratios: dict[str, float | None] = {}
            for way in ("forward", "backward"):
                pairs = [(a[way], b[way]) for a, b in zip(found, base, strict=True)]
                known = [a / b for a, b in pairs if a is not None and b is not None]
                ratios[way] = statistics.median(known) if known else None
            forward = statistics.median(one["forward"] for one in found)
            speeds.append(
                Speed(
                    library=library,
                    milliseconds=forward * 1e3,
                    forward=ratios["forward"] or 1.0,
                    backward=ratios["backward"],
                    kept=found[0]["kept"],
                )
            )
        return speeds

    def _ask(self, library: str, question: Mapping[str, Any]) -> Mapping[str, Any]:
        process = self._processes[library]
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        # A process that died answers nothing more; parity's rows say why it did.
        answer: Mapping[str, Any] = json.loads(line) if line else {}
        return answer


def _seconds(run: Callable[[], Any]) -> float:
    run()
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def _resident() -> int:
    return int(PROCESS_SIZE.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class _Runner:
    """How a library runs a function forward, and forward with backward, and what it keeps."""

    def __init__(self, library: str) -> None:
        self.library = library
        ADAPTERS[library]()

    def array(self, values: Any) -> Any:
        if self.library == "torch":
            import torch

            return torch.from_numpy(values)
        if self.library in ("tensorflow", "keras"):
            import tensorflow

            return tensorflow.constant(values)
        if self.library == "jax":
            import jax

            return jax.numpy.asarray(values)
        return values

    def forward(self, function: Callable[[Any], Any], x: Any) -> Callable[[], Any]:
        if self.library == "jax":
            import jax

            compiled = jax.jit(function)
            return lambda: compiled(x).block_until_ready()
        return lambda: function(x)

    def backward(self, function: Callable[[Any], Any], x: Any) -> Callable[[], Any] | None:
        if self.library == "torch":
            import torch

            leaf = x.clone().requires_grad_()
            cotangent = torch.ones_like(function(x))
            return lambda: torch.autograd.grad(function(leaf), leaf, cotangent)
        if self.library in ("tensorflow", "keras"):
            return lambda: self._tape(function, x, differentiate=True)
        if self.library == "jax":
            import jax

            ones = jax.numpy.ones_like(function(x))
            compiled = jax.jit(lambda x: jax.vjp(function, x)[1](ones)[0])
            return lambda: compiled(x).block_until_ready()
        return None

    def _tape(self, function: Callable[[Any], Any], x: Any, *, differentiate: bool) -> Any:
        import tensorflow

        with tensorflow.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x) if differentiate else (y, tape)

    def kept(self, function: Callable[[Any], Any], x: Any) -> float | None:
        """Arrays for the backward pass beside x and the result, in sizes of x."""
        if self.library == "torch":
            import torch

            held: dict[int, int] = {}

            def pack(tensor: Any) -> Any:
                held[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
                return tensor

            with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                y = function(leaf := x.clone().requires_grad_())
            for known in (leaf, y):
                held.pop(known.untyped_storage().data_ptr(), None)
            return float(sum(held.values()) / x.nbytes)
        if self.library == "jax":
            import jax

            y, pullback = jax.vjp(function, x)
            seen = {x.unsafe_buffer_pointer(), y.unsafe_buffer_pointer()}
            leaves = [leaf for leaf in jax.tree.leaves(pullback) if hasattr(leaf, "nbytes")]
            extra = {leaf.unsafe_buffer_pointer(): leaf.nbytes for leaf in leaves}
            return float(sum(size for at, size in extra.items() if at not in seen) / x.nbytes)
        if self.library in ("tensorflow", "keras") and PROCESS_SIZE.exists():
            size = 4 * int(np.prod(x.shape))
            self._tape(function, x[:1], differentiate=False)
            gc.collect()
            before = _resident()
            y, tape = self._tape(function, x, differentiate=False)
            growth = _resident() - before
            del tape
            return max(0.0, round((growth - 4 * int(np.prod(y.shape))) / size, 1))
        return None


def main(library: str) -> None:
    """Answer questions, a JSON object a line, until there are no more."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    runner = _Runner(library)
    generator = np.random.default_rng(0)
    x = runner.array(generator.standard_normal(SHAPE).astype(np.float32))
    large = runner.array(generator.standard_normal(KEPT_SHAPE).astype(np.float32))
    for line in sys.stdin:
        question = json.loads(line)
        try:
            function = call.program(question["call"])
            backward = runner.backward(function, x)
            answer: dict[str, Any] = {
                "forward": _seconds(runner.forward(function, x)),
                "backward": None if backward is None else _seconds(backward),
                "kept": runner.kept(function, large) if question["kept"] else None,
            }
        except Exception as problem:
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        channel.write(json.dumps(answer) + "\n")
        channel.flush()


if __name__ == "__main__":
    main(sys.argv[1])
