"""Reports and documents to render: small ones by hand, one as large as the whole catalogue."""

from __future__ import annotations

import math
import random

from multiact_compare import profiles
from multiact_compare.catalogue import parameters
from multiact_compare.plan import BACKENDS
from multiact_compare.report import (
    Check,
    Document,
    Entry,
    Figure,
    Matrix,
    Paragraph,
    Section,
    Table,
)
from multiact_compare.results import BackendState, Cell, Disagreement, Peak, Report

import multiact

NASTY = "<script>alert('x')</script> & \"quoted\" | bar `code|<b>` *stars* _under_\nsecond line"
SVG = '<svg viewBox="0 0 10 10"><path class="line s0" d="M0 0L10 10"/></svg>'


def peak(amount: float, x: float = -1.5) -> Peak:
    """A worst place."""
    return Peak(amount, f"x = {x}", x, x.hex(), 0.25, 0.5)


def cell(function: str = "relu", backend: str = "numpy", **other: object) -> Cell:
    """A good cell, with whatever else it shall be."""
    facts: dict[str, object] = {
        "dtype": "float32",
        "quantity": "value",
        "mode": "eager",
        "layout": "long",
        "case": parameters(multiact.records[function].cases[0]),
        "points": 10,
        "judged": 9,
        "ulp": peak(7.0),
        "sized": peak(0.5),
        "ratio": peak(0.1),
        "profile": [0.5] * profiles.BINS,
        "specials": {"-0": [-0.0, 0.0], "0": [0.0, 0.0], "nan": [math.nan, math.nan]},
        "infinities": {"-inf": [0.0, 0.0], "inf": [math.inf, math.inf]},
    }
    return Cell(function=function, backend=backend, **{**facts, **other})  # type: ignore[arg-type]


def run(cells: list[Cell], **other: object) -> Report:
    """A run that found these cells."""
    facts: dict[str, object] = {
        "functions": list(dict.fromkeys(one.function for one in cells)),
        "backends": [
            BackendState(name, "ok", versions={name: "1.0"}, seconds=1.0)
            for name in dict.fromkeys(one.backend for one in cells)
        ],
        "dtypes": list(dict.fromkeys(one.dtype for one in cells)),
        "modes": ["eager", "compiled"],
        "points": {"float32": 10},
        "disagreements": [],
        "problems": [],
        "environment": {"machine": "a machine"},
        "seconds": 2.0,
    }
    return Report(cells=cells, **{**facts, **other})  # type: ignore[arg-type]


def whole_catalogue() -> Report:
    """Every function on every backend in every dtype; errors are noise, which no path shortens."""
    generator = random.Random(0)
    dtypes = ("float16", "bfloat16", "float32", "float64")
    cells, disagreements = [], []
    for function in multiact.records:
        for dtype in dtypes:
            for quantity in ("value", "derivative", "second"):
                for backend in BACKENDS:
                    x, amount = generator.uniform(-1e4, 1e4), generator.uniform(0, 8)
                    noise = [10 ** generator.uniform(-2, 12) for _ in range(profiles.BINS)]
                    cells.append(
                        cell(
                            function,
                            backend,
                            dtype=dtype,
                            quantity=quantity,
                            ulp=peak(1e9 * amount, x),
                            sized=peak(amount, x),
                            ratio=peak(amount / 8, x),
                            profile=noise if quantity != "second" else [],
                        )
                    )
                places = (BACKENDS[0], BACKENDS[1])
                disagreements.append(
                    Disagreement(
                        *(function, "", dtype, quantity, 10**6, 1234, 0, 10**9),
                        list(places),
                        "x = -12.3456789",
                        [generator.uniform(-1, 1), generator.uniform(-1, 1)],
                    )
                )
    return run(cells, disagreements=disagreements)


def document(text: str = NASTY) -> Document:
    """Every kind of block, with the same text wherever text can be."""
    table = Table(
        caption=text,
        columns=(text, "plain", "number"),
        rows=[
            [text, Entry(text, "bad", title=text, link="javascript:alert(1)"), Entry("9", sort=9)],
            ["b", Entry("safe", "good", link="#part"), Entry("10", sort=10)],
        ],
        filterable=("plain",),
    )
    matrix = Matrix(
        caption=text,
        names=("function", "backend", "dtype"),
        columns=[(text, "f32"), ("other", text)],
        rows=[(Entry(text, link="#part"), [Entry("1", "good", 1.0), Entry(text, "bad")])],
        legend={"good": text, "bad": "broken"},
    )
    return Document(
        kind="sample",
        title=text,
        summary=text,
        sections=[
            Section("Overview", [Paragraph(text), matrix], "overview"),
            Section(text, [table, Figure(SVG, text, text), Figure(SVG, text)], "part", folded=True),
        ],
        checks=[
            Check("group.one", text, "passed", seconds=0.25),
            Check("group.one", "second", "failed", f"{text}\x00\x1b[31m\ud800"),
            Check("group.two", "third", "skipped", text),
        ],
        environment={text: text},
        data={"numbers": [1.0, math.inf, math.nan], "check": Check("a", "b", "passed")},
    )
