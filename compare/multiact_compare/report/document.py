"""What a report says, before it is HTML, Markdown, JSON or JUnit XML.

A command fills a :class:`Document`; the renderers know nothing of commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Level: TypeAlias = Literal["good", "fair", "poor", "bad", "none"]
"""How an entry is coloured: far within what is allowed, within it, excused or only just allowed,
broken, not measured."""

LEVELS: tuple[Level, ...] = ("good", "fair", "poor", "bad", "none")

Status: TypeAlias = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Entry:
    """One cell of a table: what it says, its colour, the key it sorts by, and more in words.

    As in a paragraph, what stands between backticks is code; lines stay lines.
    """

    text: str
    level: Level | None = None
    sort: float | None = None
    title: str = ""
    link: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings; ``filterable`` columns offer a choice of their values."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Entry | str]]
    sortable: bool = True
    filterable: Sequence[str] = ()


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, and what it shows for those who cannot see it."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Text; what stands between backticks is code."""

    text: str


@dataclass(frozen=True)
class Matrix:
    """An overview: a row per thing, and for each group (a backend) the same columns (dtypes).

    ``names`` say what rows, groups and columns are. A row starts with its own entry, whose link
    leads to the section about it; ``legend`` says what the levels mean.
    """

    caption: str
    names: tuple[str, str, str]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[Entry, Sequence[Entry]]]
    legend: Mapping[Level, str] = field(default_factory=dict)


Block: TypeAlias = Table | Matrix | Figure | Paragraph


@dataclass(frozen=True)
class Section:
    """A part with a heading; ``anchor`` is its address in the page, ``folded`` if it opens on
    demand."""

    title: str
    blocks: Sequence[Block]
    anchor: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Check:
    """Something that passed or failed: a test case of JUnit."""

    group: str
    name: str
    status: Status
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Document:
    """A whole report. ``environment`` are versions, CPU and flags.

    ``data`` is everything as plain data or dataclasses, for JSON. If it has a ``schema_version`` of
    its own, it is the whole JSON file.
    """

    kind: str
    title: str
    summary: str
    sections: Sequence[Section]
    checks: Sequence[Check] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
