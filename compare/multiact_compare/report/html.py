"""A document as one HTML page that needs nothing else: no network, no other file."""

from __future__ import annotations

import base64
import hashlib
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from multiact_compare.report.document import (
    LEVELS,
    Block,
    Document,
    Entry,
    Figure,
    Level,
    Matrix,
    Section,
    Table,
)

_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"(https?://|#|[\w./-]+(#|$))", re.A)
"""Addresses that are safe to follow: no scheme but the web's."""

_ACTIVE = {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler"}
_WORDS: dict[Level, str] = {
    "good": "good",
    "fair": "fair",
    "poor": "poor",
    "bad": "broken",
    "none": "not measured",
}
_SVG = "http://www.w3.org/2000/svg"


def render(document: Document) -> str:
    """The page.

    Raises
    ------
    ValueError
        A figure is no SVG, or not one that only draws.
    """
    style, script = _resource("page.css"), _resource("page.js")
    # A policy in the page itself: whatever ends up in it, nothing is loaded or run but this.
    policy = (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    failed = sum(check.status == "failed" for check in document.checks)
    skipped = sum(check.status == "skipped" for check in document.checks)
    return _template().render(
        document=document,
        sections=_addressed(document.sections),
        checks={
            "all": len(document.checks),
            "passed": len(document.checks) - failed - skipped,
            "failed": failed,
            "skipped": skipped,
        },
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        words=_WORDS,
        levels=LEVELS,
    )


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "prose": prose,
        "entry": _entry,
        "drawing": drawing,
        "grouped": _grouped,
        "columns": _columns,
        "headings": _headings,
    }
    environment.tests |= {
        "table": lambda block: isinstance(block, Table),
        "matrix": lambda block: isinstance(block, Matrix),
    }
    return environment.from_string(_resource("page.html.j2"))


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def prose(text: str) -> Markup:
    """Text in which what stands between backticks is code, and lines stay lines."""
    parts = _CODE.split(text)
    marked = (
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
    return Markup("").join(marked).replace("\n", Markup("<br>"))


def drawing(figure: Figure) -> Markup:
    """The figure's SVG, which introduces itself to those who cannot see it.

    Raises
    ------
    ValueError
        It is no SVG, or not one that only draws.
    """
    name = repr(figure.caption or figure.alt)
    svg = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", "", figure.svg, flags=re.S).strip()
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"the figure {name} is no SVG: {error}") from None
    for element in root.iter():
        _check_element(element, name)
    head = re.match(r"<svg\b[^>]*>", svg)
    if head is None:
        raise ValueError(f"the figure {name} does not begin with <svg>")
    opening = re.sub(r'\s(?:role|aria-label|width|height|xmlns)="[^"]*"', "", head[0])
    title = escape(figure.alt)
    return Markup(f'{opening[:-1]} role="img"><title>{title}</title>{svg[head.end() :]}')


def _check_element(element: ElementTree.Element, name: str) -> None:
    """Refuse what runs or loads something: a drawing needs neither."""
    tag = str(element.tag).rpartition("}")[2].lower()
    texts = [element.text or ""] if tag == "style" else []
    for attribute, value in element.attrib.items():
        plain = attribute.rpartition("}")[2].lower()
        outside = plain in ("href", "src") and not value.startswith(("#", "data:image/"))
        if plain.startswith("on") or outside:
            raise ValueError(f"the figure {name} has {plain}={value!r}")
        texts.append(value)
    loads = any(re.search(r"@import|url\(\s*['\"]?\s*[^#'\"\s]", text) for text in texts)
    if tag in _ACTIVE or loads:
        raise ValueError(f"the figure {name} does more than draw: {tag}")


def _entry(entry: Entry | str, tag: str = "td", scope: str = "") -> Markup:
    """A cell of a table."""
    if isinstance(entry, str):
        entry = Entry(entry)
    marks = Markup("")
    if scope:
        marks += Markup(' scope="{}"').format(scope)
    if entry.level is not None:
        marks += Markup(" class={}").format(entry.level)
    if entry.sort is not None:
        marks += Markup(_sort_key(entry.text, entry.sort))
    if entry.title:
        marks += Markup(' title="{}"').format(entry.title)
    text = prose(entry.text)
    if entry.link and _LINK.match(entry.link):
        text = Markup('<a href="{}">{}</a>').format(entry.link, text)
    return Markup("<{tag}{marks}>{text}</{tag}>").format(tag=Markup(tag), marks=marks, text=text)


def _sort_key(text: str, key: float) -> str:
    """The key of a cell, without a value where its text says as much as the key."""
    try:
        shown = float(text.replace("−", "-"))
    except ValueError:
        shown = math.nan
    same = shown == key or abs(shown - key) <= 0.01 * abs(key)
    return " data-s" if same else f" data-s={key:.6g}"


def _grouped(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """Neighbouring figures together: they stand side by side."""
    for figures, group in itertools.groupby(blocks, lambda block: isinstance(block, Figure)):
        yield figures, list(group)


def _columns(table: Table) -> list[tuple[str, bool]]:
    """The headings, and which of the columns hold numbers."""
    first = table.rows[0] if table.rows else [""] * len(table.columns)
    numeric = [isinstance(one, Entry) and one.sort is not None for one in first]
    # The first column's cells are headings of their rows.
    return list(zip(table.columns, [False, *numeric[1:]], strict=True))


def _headings(matrix: Matrix) -> list[tuple[str, int]]:
    """The groups of a matrix with the number of their columns."""
    groups = itertools.groupby(group for group, _ in matrix.columns)
    return [(group, len(list(members))) for group, members in groups]


def _addressed(sections: Sequence[Section]) -> list[tuple[str, Section]]:
    """Each section with an address of its own, made from the title where it names none."""
    taken: set[str] = set()
    found = []
    for section in sections:
        base = re.sub(r"[^\w-]+", "-", section.anchor or section.title.lower()).strip("-") or "part"
        address = base
        for number in itertools.count(2):
            if address not in taken:
                break
            address = f"{base}-{number}"
        taken.add(address)
        found.append((address, section))
    return found
