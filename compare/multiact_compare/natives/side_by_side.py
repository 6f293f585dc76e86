"""Two or more libraries side by side, function by function: ``multiact versus``."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import multiact
from multiact_compare import report as pages
from multiact_compare.natives import digest, engine
from multiact_compare.natives.call import NativeCall
from multiact_compare.natives.differences import Difference, differences, number
from multiact_compare.natives.engine import NativesReport
from multiact_compare.natives.stopwatch import Speed, Stopwatch
from multiact_compare.natives.table import NATIVES
from multiact_compare.parity import Progress, Request

ROUNDS = 3

NAMES = {
    "torch": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "numpy": "NumPy and SciPy",
}


@dataclass(frozen=True)
class Side:
    """One library's version of a function. Without a ``call`` it has none."""

    library: str
    call: str
    also: list[str]
    parameters: str
    value: str
    gradient: str
    second: str
    lost: list[str]
    kinks: Mapping[str, float]
    speed: Speed | None
    remarks: list[str]


@dataclass(frozen=True)
class Pairing:
    """One function in all libraries, and where they disagree."""

    function: str
    ours: str
    sides: list[Side]
    differences: list[Difference]


@dataclass(frozen=True)
class VersusReport:
    """A whole comparison."""

    libraries: list[str]
    pairings: list[Pairing]
    environment: Mapping[str, str]
    problems: list[str]
    schema_version: int = 1

    @property
    def title(self) -> str:
        """Who is compared."""
        return " and ".join(NAMES[library] for library in self.libraries)


def run(
    libraries: Sequence[str],
    functions: Sequence[str],
    points: int,
    progress: Progress,
    *,
    jobs: int = 0,
    timed: bool = True,
) -> VersusReport:
    """Measure the libraries in float32, eagerly, and then their speed."""
    request = Request(
        functions=functions,
        backends=libraries,
        dtypes=("float32",),
        modes=("eager",),
        points=points,
        jobs=jobs,
    )
    report = engine.run(request, progress)
    alive = [state.name for state in report.backends if state.status == "ok"]
    speeds: dict[str, list[Speed]] = {}
    if timed and alive:
        with Stopwatch(alive) as stopwatch:
            for name in functions:
                case = multiact.records[name].cases[0]
                label = ", ".join(f"{key}={value!r}" for key, value in case.items())
                calls = report.calls.get(f"{name}({label})", {})
                here = {library: calls[library] for library in alive if library in calls}
                speeds[name] = stopwatch.compare(here, ROUNDS)
                progress.advance(0, f"speed · {name}")
    return assemble(report, speeds)


def assemble(report: NativesReport, speeds: Mapping[str, Sequence[Speed]]) -> VersusReport:
    """Put what was measured side by side."""
    libraries = [state.name for state in report.backends]
    lines = {(line.function, line.library): line for line in reversed(digest.lines(report))}
    found = differences(report)
    pairings = []
    for name in report.functions:
        sides = [
            _side(report, name, library, lines.get((name, library)), speeds.get(name, ()))
            for library in libraries
        ]
        if any(side.call for side in sides):
            mine = [one for one in found if one.function == name and one.kind != "dtype"]
            pairings.append(Pairing(name, f"multiact.{name}", sides, mine))
    facts = dict(report.environment)
    for state in report.backends:
        facts.update(state.versions)
    return VersusReport(libraries, pairings, facts, report.problems)


def _side(
    report: NativesReport,
    name: str,
    library: str,
    line: digest.Line | None,
    speeds: Sequence[Speed],
) -> Side:
    rows = [row for row in NATIVES if (row.function, row.library) == (name, library)]
    first = rows[0] if rows else None
    worst = {} if line is None else line.worst
    kinks = {
        number(one.x): one.got
        for one in report.findings.specials
        if (one.function, one.library, one.quantity) == (name, library, "derivative")
        and math.isfinite(one.x)
        and one.x in multiact.records[name].kinks
        and not (one.x == 0 and math.copysign(1, one.x) < 0)
    }
    second = "–"
    if line is not None and ("second" in worst or "second" in line.errors):
        second = "none" if "second" in line.errors else "yes"
    return Side(
        library=library,
        call=first.path if first else "",
        also=[row.path for row in rows[1:]],
        parameters=parameters(first) if first else "",
        value=digest.worst_text(worst["value"]) if "value" in worst else "–",
        gradient=digest.worst_text(worst["derivative"]) if "derivative" in worst else "–",
        second=second,
        lost=[] if line is None else line.lost,
        kinks=kinks,
        speed=next((one for one in speeds if one.library == library), None),
        remarks=list(dict.fromkeys(row.remark for row in rows if row.remark)),
    )


def parameters(row: NativeCall) -> str:
    """A call's own parameters with the library's defaults."""
    parts = [
        own if own not in row.defaults else f"{own}={row.defaults[own]!r}"
        for own in row.names.values()
    ]
    missing = [
        name
        for name, parameter in multiact.records[row.function].signature.parameters.items()
        if name not in row.names
        and name not in ("x", "where", "rng", "noise", "slope")
        and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    said = ", ".join(parts) or "none"
    return f"{said}; no {', '.join(missing)}" if missing else said


def times(side: Side) -> tuple[str, str, str]:
    """Forward, forward with backward, and memory, as one reads them."""
    if side.speed is None:
        return "–", "–", "–"
    backward, kept = side.speed.backward, side.speed.kept
    return (
        f"{side.speed.forward:.2f}×",
        "–" if backward is None else f"{backward:.2f}×",
        "–" if kept is None else f"{kept:.1f}",
    )


LEGEND = (
    "f, f′: largest error in ULP in float32. Speed: time over that of the first library that has "
    "the function, forward, and forward with backward, on a million float32 numbers and one "
    "thread; JAX under jit, the others eagerly. Kept: arrays of x's size for the backward pass, "
    "beside x and the result."
)

COLUMNS = (
    "library", "call", "parameters", "f", "f′", "f″", "forward", "backward", "kept",
)  # fmt: skip


def cells(side: Side) -> list[str]:
    """A library's row in the table of one function."""
    if not side.call:
        return [NAMES[side.library], "none", *["–"] * (len(COLUMNS) - 2)]
    facts = (side.call, side.parameters, side.value, side.gradient, side.second)
    return [NAMES[side.library], *facts, *times(side)]


def remarks(pairing: Pairing) -> list[str]:
    """What else is to say about a function, in sentences."""
    found = []
    for side in pairing.sides:
        name = NAMES[side.library]
        if side.kinks:
            slopes = ", ".join(f"f′({x}) = {number(got)}" for x, got in side.kinks.items())
            found.append(f"{name} at the kinks: {slopes}")
        if not side.call:
            found.append(f"{name} has none: write {pairing.ours}")
        if side.also:
            found.append(f"{name} also: {', '.join(side.also)}")
        found += [f"{name}: {text}" for text in (*side.lost, *side.remarks)]
    found += [f"differs: {one.line()}" for one in pairing.differences]
    return found


def document(report: VersusReport) -> pages.Document:
    """The comparison as a report, a section per function."""
    sections = []
    for pairing in report.pairings:
        rows = [
            [pages.Entry(f"`{text}`") if text == side.call else text for text in cells(side)]
            for side in pairing.sides
        ]
        blocks: list[pages.Block] = [pages.Table(pairing.function, COLUMNS, rows, sortable=False)]
        blocks += [pages.Paragraph(text) for text in remarks(pairing)]
        sections.append(pages.Section(pairing.function, blocks, pairing.function))
    both = sum(all(side.call for side in pairing.sides) for pairing in report.pairings)
    return pages.Document(
        kind="versus",
        title=f"{report.title}: activation functions side by side",
        summary=f"{len(report.pairings)} functions, {both} of them in all. {LEGEND}",
        sections=sections,
        checks=[pages.Check("versus", name, "passed") for name in report.libraries],
        environment=report.environment,
        data={"versus": report},
    )
