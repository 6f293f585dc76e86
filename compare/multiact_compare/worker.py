"""The worker process of one backend: ``python -m multiact_compare.worker JOB``.

Reads a job file, evaluates everything in it, writes the bits of each result as ``.npy`` and says
on standard output, one JSON object a line, what is done. What frameworks print goes to standard
error, which the parent keeps in a file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import multiact
from multiact_compare import customs
from multiact_compare.adapters import Adapter
from multiact_compare.channel import Announce, describe, import_backend, open_channel
from multiact_compare.dtypes import DTYPES, Bits, DType
from multiact_compare.natives import call, probing
from multiact_compare.plan import Case, Measurement, Quantity, measurements

Resolve = Callable[[Measurement], tuple[Callable[..., Any], dict[str, Any]]]
"""Measurement -> the function that is measured, and the parameters to call it with."""

Operands = dict[str, list[list[Bits]]]
"""Key -> the calls of a program, each with its arguments."""


class Worker:
    """Evaluates measurements on one backend."""

    def __init__(
        self,
        adapter: Adapter,
        inputs: Path,
        outputs: Path,
        announce: Announce,
        resolve: Resolve,
    ) -> None:
        self._adapter = adapter
        self._resolve = resolve
        self._inputs = inputs
        self._outputs = outputs
        self._announce = announce

    def run(self, measurements: Iterable[Measurement]) -> None:
        """Everything, one dtype after the other; compiled programs take many cases at once."""
        for name, of_dtype in groupby(measurements, lambda m: m.dtype):
            chosen = list(of_dtype)
            for measurement in chosen:
                if measurement.variant.mode == "eager":
                    self._settle(measurement, partial(self._evaluate, measurement))
            for kind in ("elementwise", "rowwise"):
                compiled = [
                    m for m in chosen if m.variant.mode == "compiled" and m.case.kind == kind
                ]
                together = self._adapter.together
                for start in range(0, len(compiled), together):
                    self._compile(compiled[start : start + together], DTYPES[name])

    def _settle(self, measurement: Measurement, result: Callable[[], Bits]) -> None:
        """Save a result, or say what went wrong with it."""
        error: str | None = None
        try:
            np.save(self._outputs / measurement.file, result())
        except Exception as problem:
            error = describe(problem)
        self._announce("done", file=measurement.file, error=error)

    # Eager

    def _evaluate(self, measurement: Measurement) -> Bits:
        dtype, variant = DTYPES[measurement.dtype], measurement.variant
        if measurement.case.kind == "rowwise":
            return self._evaluate_rows(measurement, dtype)
        program = elementwise_program(measurement, self._resolve)
        points = self._points(measurement)
        if variant.layout in ("long", "strided"):
            result = program(self._array(points, dtype, variant.layout))
            return self._bits(result, dtype, points.shape)
        name = measurement.case.inputs(measurement.dtype)
        selection = self._load(f"{name}.short")[:: variant.step]
        shape = (1,) if variant.layout == "length-1" else ()
        results = []
        for i in selection:
            x = self._array(points[i : i + 1].reshape(shape), dtype)
            results.append(self._bits(program(x), dtype, shape).reshape(1))
        return np.concatenate(results)

    def _evaluate_rows(self, measurement: Measurement, dtype: DType) -> Bits:
        variant = measurement.variant
        program = rowwise_program(measurement, self._resolve)
        results = []
        for block in self._blocks(measurement):
            parts = [block]
            if variant.layout == "row":
                chosen = range(0, len(block[0]), variant.step)
                parts = [[operand[i, ...] for operand in block] for i in chosen]
            for operands in parts:
                arrays = [self._array(bits, dtype, variant.layout) for bits in operands]
                shape = _result_shape(operands, variant.quantity)
                results.append(self._bits(program(*arrays), dtype, shape).ravel())
        return np.concatenate(results)

    # Compiled

    def _compile(self, measurements: list[Measurement], dtype: DType) -> None:
        """These in one program, which is much faster than one by one.

        If that fails, those that cannot even be traced are left out; if it still fails, halves
        are tried until the guilty ones stand alone.
        """
        try:
            results = self._run_compiled(measurements, dtype)
        except Exception as problem:
            if len(measurements) == 1:
                self._announce("done", file=measurements[0].file, error=describe(problem))
                return
            good = self._traceable(measurements, dtype)
            if len(good) == len(measurements):
                middle = len(good) // 2
                self._compile(good[:middle], dtype)
                self._compile(good[middle:], dtype)
            elif good:
                self._compile(good, dtype)
            return
        for measurement, result in zip(measurements, results, strict=True):
            self._settle(measurement, result)

    def _traceable(self, measurements: list[Measurement], dtype: DType) -> list[Measurement]:
        """Those that can be traced; what is wrong with the others is said."""
        good = []
        for measurement in measurements:
            operands = self._arrays(self._operands([measurement], dtype), dtype)
            try:
                self._adapter.trace(_everything([measurement], self._resolve), operands)
            except Exception as problem:
                self._announce("done", file=measurement.file, error=describe(problem))
            else:
                good.append(measurement)
        return good

    def _run_compiled(
        self, measurements: list[Measurement], dtype: DType
    ) -> list[Callable[[], Bits]]:
        """Run the compiled program, and say how to get each measurement's bits from it."""
        operands = self._operands(measurements, dtype)
        program = self._adapter.compile(_everything(measurements, self._resolve))
        found = program(self._arrays(operands, dtype))

        def joined(index: int) -> Bits:
            measurement = measurements[index]
            calls = operands[_operands_key(measurement)]
            shapes = [_result_shape(call, measurement.variant.quantity) for call in calls]
            parts = zip(found[index], shapes, strict=True)
            return np.concatenate([self._bits(y, dtype, shape).ravel() for y, shape in parts])

        return [partial(joined, index) for index in range(len(measurements))]

    def _operands(self, measurements: list[Measurement], dtype: DType) -> Operands:
        """What the measurements' programs are called with: all points, or block by block."""
        operands: Operands = {}
        for measurement in measurements:
            key = _operands_key(measurement)
            if key not in operands:
                if measurement.case.kind == "rowwise":
                    operands[key] = self._blocks(measurement)
                else:
                    operands[key] = [[self._points(measurement)]]
        return operands

    def _arrays(self, operands: Operands, dtype: DType) -> dict[str, Any]:
        return {
            key: [[self._array(bits, dtype) for bits in call] for call in calls]
            for key, calls in operands.items()
        }

    # Arrays and bits

    def _load(self, name: str) -> Any:
        return np.load(self._inputs / f"{name}.npy")

    def _points(self, measurement: Measurement) -> Bits:
        points: Bits = self._load(f"{measurement.case.inputs(measurement.dtype)}.points")
        return points

    def _blocks(self, measurement: Measurement) -> list[list[Bits]]:
        """Per row length: values, cotangents of the result's shape, directions."""
        blocks, shape = [], measurement.case.shape
        for original in measurement.lengths:
            stored = self._load(f"{measurement.dtype}.rows-{shape.key}.{original}")
            length = original * shape.group
            ends = (length, length + shape.results_of(length))
            x, c, v = map(np.ascontiguousarray, np.split(stored, ends, axis=1))
            blocks.append([x, c.reshape(len(c), *shape.result(length)), v])
        return blocks

    def _array(self, bits: Bits, dtype: DType, layout: str = "long") -> Any:
        if layout != "strided":
            return self._adapter.array(bits, dtype)
        # The gaps hold other elements: a kernel that ignores the strides reads plausible numbers.
        doubled = np.repeat(bits, 2, axis=-1)
        doubled[..., 1::2] = bits[..., ::-1]
        return self._adapter.array(doubled, dtype)[..., ::2]

    def _bits(self, array: Any, dtype: DType, shape: tuple[int, ...]) -> Bits:
        bits = self._adapter.bits(array, dtype)
        if bits.shape != shape:
            raise ValueError(f"returned shape {bits.shape} for {shape}")
        return bits


def of_library(library: ModuleType, adapter: Adapter) -> Resolve:
    """The public functions of multiact or of its precise tier."""

    def resolve(measurement: Measurement) -> tuple[Callable[..., Any], dict[str, Any]]:
        case, dtype = measurement.case, DTYPES[measurement.dtype]
        params = dict(case.params)
        for name in case.arrays:
            params[name] = adapter.array(dtype.encode(np.array(params[name])), dtype)
        return customs.function(case.function, library), params

    return resolve


def of_calls(backend: str) -> Resolve:
    """The framework's own calls, which hold the parameters."""
    return lambda measurement: (call.program(measurement.case.calls[backend]), {})


def program_of(measurement: Measurement, resolve: Resolve) -> Callable[..., Any]:
    """The call that gives what is measured."""
    if measurement.case.kind == "rowwise":
        return rowwise_program(measurement, resolve)
    return elementwise_program(measurement, resolve)


def elementwise_program(measurement: Measurement, resolve: Resolve) -> Callable[[Any], Any]:
    """The public call that gives a quantity of an elementwise function at x."""
    (function, params), quantity = resolve(measurement), measurement.variant.quantity
    if quantity == "value":
        return lambda x: function(x, **params)
    order = 1 if quantity == "derivative" else 2
    return lambda x: multiact.derivative(function, x, order=order, **params)


def rowwise_program(measurement: Measurement, resolve: Resolve) -> Callable[[Any, Any, Any], Any]:
    """The public call that gives a quantity of a rowwise function at x.

    It takes a cotangent c and a direction v as well: the derivative is the gradient of c·f(x), the
    second one the gradient of that gradient's product with v.
    """
    (function, params), quantity = resolve(measurement), measurement.variant.quantity

    def gradient(x: Any, c: Any) -> Any:
        return multiact.vjp(function, x, c, **params).x

    if quantity == "value":
        return lambda x, c, v: function(x, **params)
    if quantity == "derivative":
        return lambda x, c, v: gradient(x, c)
    return lambda x, c, v: multiact.vjp(lambda z: gradient(z, c), x, v).x


def _everything(
    measurements: list[Measurement], resolve: Resolve
) -> Callable[[dict[str, Any]], list[list[Any]]]:
    """One program for all measurements."""
    programs = [(_operands_key(m), program_of(m, resolve)) for m in measurements]

    def everything(operands: dict[str, Any]) -> list[list[Any]]:
        return [[program(*call) for call in operands[key]] for key, program in programs]

    return everything


def _operands_key(measurement: Measurement) -> str:
    """Equal for measurements that are called with the same arrays."""
    if measurement.case.kind == "elementwise":
        return f"points of {measurement.case.inputs(measurement.dtype)}"
    return f"rows {measurement.case.shape.key} {measurement.lengths}"


def _result_shape(operands: list[Bits], quantity: Quantity) -> tuple[int, ...]:
    """The shape of a result: that of the cotangent for the value of a rowwise function."""
    x, *rest = operands
    return rest[0].shape if rest and quantity == "value" else x.shape


def main(job_file: str) -> None:
    """Work a job file off; the last thing said is ``end``, ``missing`` or ``broken``."""
    announce = open_channel()
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    backend, precise = job["backend"], job["tier"] == "precise"
    adapter = import_backend(backend, announce, long_programs=precise)
    if adapter is None:
        return
    cases = [
        Case(**{**case, **{name: tuple(case[name]) for name in ("kinks", "arrays")}})
        for case in job["cases"]
    ]
    resolve = of_library(multiact.precise if precise else multiact, adapter)
    if job["tier"] in ("native", "port"):
        resolve = of_calls(backend)
    worker = Worker(adapter, Path(job["inputs"]), Path(job["outputs"]), announce, resolve)
    plan = measurements(backend, cases, job["dtypes"], job["modes"], job["tier"], job["thorough"])
    worker.run(plan)
    for probe in job["probes"]:
        announce("probe", key=probe["key"], answer=probing.answer(adapter, probe))
    announce("end")


if __name__ == "__main__":
    main(sys.argv[1])
