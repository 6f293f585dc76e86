"""What the catalogue knows about its functions: ``multiact list`` and ``multiact show``."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Iterator, Mapping

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

import multiact
from multiact import Record
from multiact._custom import FAMILY
from multiact_compare import braille
from multiact_compare.dtypes import Doubles
from multiact_compare.plain_formula import plain

SMOOTHNESS = {
    "discontinuous": "discontinuous",
    "C0": "C0: continuous, the derivative jumps",
    "C1": "C1: the second derivative jumps",
    "C2": "C2: the third derivative jumps",
    "C∞": "C∞: every derivative is continuous",
}
PLOT_WIDTH, PLOT_HEIGHT = 29, 9
SIDE_BY_SIDE = 76
"""From this many columns on, value and derivative are drawn beside each other."""


def families() -> list[str]:
    """The families that have functions."""
    return sorted({record.family for record in multiact.records.values()})


def print_list(records: Iterable[Record], console: Console) -> None:
    """A table with a row per function, by family."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("function", ratio=1, overflow="fold")
    table.add_column("range", no_wrap=True)
    table.add_column("smooth", no_wrap=True)
    for heading in ("mono-\ntonic", "zero-\ncentred", "satu-\nrates"):
        table.add_column(heading, no_wrap=True)
    family = ""
    for record in sorted(records, key=lambda record: (record.family, record.name)):
        if record.family != family:
            family = record.family
            table.add_section()
            table.add_row(Text(family, style="italic cyan"))
        name = Text(record.name, style="bold")
        for alias in record.aliases:
            name.append(f" = {alias}", style="not bold")
        table.add_row(
            Group(name, Padding(Text(plain(record.formula), style="dim"), (0, 0, 0, 2))),
            interval(record.range),
            {"discontinuous": "jumps", None: ""}.get(record.smoothness, record.smoothness),
            *(_yes(fact) for fact in (record.monotonic, record.zero_centred)),
            _sides(record) if record.limits else "",
        )
    console.print(table)
    console.print(
        "The facts are those of the default parameters. More about one: multiact show NAME.",
        style="dim",
        highlight=False,
    )


def print_card(record: Record, console: Console) -> None:
    """Everything about one function, and its curve."""
    console.print(Text(record.summary, style="bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("signature", Text(signature(record)))
    if record.formula:
        grid.add_row("formula", Text(plain(record.formula)))
    for label, fact in facts(record):
        grid.add_row(label, Text(fact))
    console.print()
    console.print(grid)
    for paragraph in notes(record):
        console.print()
        console.print(Text(paragraph))
    if record.kind == "elementwise":
        console.print()
        _print_curves(record, console)


def facts(record: Record) -> Iterator[tuple[str, str]]:
    """Labels and facts in words; what does not apply to the function is left out."""
    yield "family", record.family
    if record.aliases:
        yield "aliases", ", ".join(record.aliases)
    if record.kind == "elementwise":
        yield from _elementwise_facts(record)
    elif record.range is not None:
        yield "range", interval(record.range)
    yield "kinks", _kinks(record)
    yield "array parameters", ", ".join(record.tensor_parameters) or "none"
    yield "integers", "kept" if record.keeps_integers else "promoted to the default floating dtype"
    first, *others = [parameters(case) for case in record.cases]
    if first and record.kind == "elementwise":
        yield "facts hold for", first
    if others:
        yield "also measured with", "; ".join(others)
    if record.paper:
        yield "paper", record.paper


def _elementwise_facts(record: Record) -> Iterator[tuple[str, str]]:
    left, right = record.limits or (math.nan, math.nan)
    if record.family == FAMILY:
        yield from _declared(record)
        return
    yield "limits", f"{_limit(left)} at −∞, {_limit(right)} at ∞"
    yield "range", interval(record.range)
    yield "bounded", _yes(record.bounded)
    yield "saturates", {"–": "nowhere", "both": "on both sides"}.get(_sides(record), _sides(record))
    yield "smoothness", SMOOTHNESS.get(record.smoothness or "", "unknown")
    yield "monotonic", _yes(record.monotonic)
    yield "zero-centred", _yes(record.zero_centred)
    if record.zeros is not None:
        yield "share of zeros", f"{100 * record.zeros:.4g} % for x from N(0, 1)"
    yield "derivative", interval(record.derivative_range)
    yield "derivative is 0", ", ".join(map(number, record.derivative_roots)) or "at no single point"


def _declared(record: Record) -> Iterator[tuple[str, str]]:
    """What the author of a custom activation has said of it."""
    if record.limits is not None:
        left, right = map(_limit, record.limits)
        yield "limits", f"{left} at −∞, {right} at ∞"
    if record.range is not None:
        yield "range", interval(record.range)
    if record.smoothness is not None:
        yield "smoothness", SMOOTHNESS[record.smoothness]
    for label, fact in (("monotonic", record.monotonic), ("zero-centred", record.zero_centred)):
        if fact is not None:
            yield label, _yes(fact)
    if record.derivative_range is not None:
        yield "derivative", interval(record.derivative_range)
    if record.derivative_roots:
        yield "derivative is 0", ", ".join(map(number, record.derivative_roots))


def signature(record: Record) -> str:
    """As one would call it: the names and defaults of the parameters, without types."""
    parts = []
    for parameter in record.signature.parameters.values():
        plain_one = parameter.default is parameter.empty
        parts.append(parameter.name if plain_one else f"{parameter.name}={parameter.default!r}")
    name = record.name.replace(":", ".") if record.family == FAMILY else f"multiact.{record.name}"
    return f"{name}({', '.join(parts)})"


def notes(record: Record) -> list[str]:
    """The paragraphs of the docstring's notes, unwrapped; the source is among the facts."""
    marked = inspect.getdoc(record.function) or ""
    text = re.sub(r"(?::\w+:)?(`+)(.+?)\1", r"\2", marked)
    found = re.search(r"^Notes\n-+\n(.*?)(?=^\w+\n-+$|\Z)", text, re.S | re.M)
    paragraphs = found[1].strip().split("\n\n") if found else []
    unwrapped = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return [one for one in unwrapped if not one.startswith("Source:")]


def span(record: Record) -> tuple[float, float]:
    """The stretch of x to draw: around 0, and around every kink."""
    low, high = min((0.0, *record.kinks)), max((0.0, *record.kinks))
    return min(-5.0, math.floor(1.5 * low)), max(5.0, math.ceil(1.5 * high))


def curves(record: Record, xs: Doubles) -> tuple[Doubles, Doubles]:
    """Value and derivative of an elementwise function with the parameters of its first case."""
    case = record.cases[0]
    return record.function(xs, **case), multiact.derivative(record.function, xs, **case)


def number(value: float) -> str:
    """Four digits, as one writes them."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def interval(ends: tuple[float, float] | None) -> str:
    """Both ends, or nothing."""
    return "" if ends is None else " … ".join(map(number, ends))


def parameters(case: Mapping[str, object]) -> str:
    """A case as one would write it in a call."""
    return ", ".join(f"{name}={value!r}" for name, value in case.items())


def _kinks(record: Record) -> str:
    """Where they are, and the derivative there."""
    if not record.kinks:
        return "none" if record.kink_gradient == "smooth" else record.kink_gradient
    return f"{', '.join(map(number, record.kinks))}; {record.kink_gradient}"


def _limit(value: float) -> str:
    return "none" if math.isnan(value) else number(value)


def _yes(fact: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[fact]


def _sides(record: Record) -> str:
    return "both" if len(record.saturates) == 2 else (*record.saturates, "–")[0]


def _print_curves(record: Record, console: Console) -> None:
    xs = braille.columns(*span(record), PLOT_WIDTH)
    value, slope = curves(record, xs)
    jumps = record.kinks if record.smoothness == "discontinuous" else ()
    titled = (("", value, jumps), ("′", slope, record.kinks))
    drawings = [
        Text(f"{record.name}{mark}(x)\n", style="bold").append(
            "\n".join(braille.curve(xs, ys, PLOT_HEIGHT, breaks)), style="not bold"
        )
        for mark, ys, breaks in titled
    ]
    if console.width >= SIDE_BY_SIDE:
        grid = Table.grid(padding=(0, 3, 0, 0))
        grid.add_row(*drawings)
        console.print(grid)
    else:
        console.print(*drawings, sep="\n")
