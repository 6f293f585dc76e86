"""A document as GitHub's Markdown. Figures are left to their descriptions: it has no drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from multiact_compare.report.document import (
    Block,
    Document,
    Entry,
    Figure,
    Matrix,
    Paragraph,
    Section,
    Table,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#$])")
_CODE = re.compile(r"`([^`]*)`")


def render(document: Document) -> str:
    """Headings, tables in GitHub's form; folded sections open on a click."""
    lines = [f"# {escape(document.title)}", "", prose(document.summary), ""]
    for section in document.sections:
        lines += _section(section)
    if document.environment:
        rows = [(name, value) for name, value in document.environment.items()]
        lines += ["## Environment", "", *table(Table("", ("what", "value"), rows))]
    return "\n".join(lines).rstrip("\n") + "\n"


def escape(text: str) -> str:
    """Text that means itself, on one line: also in a table, also where HTML is allowed."""
    flat = " ".join(text.split("\n"))
    return _SPECIAL.sub(r"\\\1", flat.replace("&", "&amp;"))


def prose(text: str) -> str:
    """Text in which what stands between backticks is code."""
    parts = _CODE.split(text)
    return "".join(_code(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    # Only a bar needs escaping in code: it would end a table's cell.
    return "`" + " ".join(text.split("\n")).replace("|", r"\|") + "`" if text else ""


def _section(section: Section) -> Iterator[str]:
    if section.anchor:
        yield f'<a id="{re.sub(r"[^A-Za-z0-9_-]", "-", section.anchor)}"></a>'
        yield ""
    if section.folded:
        title = escape(section.title)
        yield from ("<details>", f"<summary>{_html(section.title)}</summary>", "", f"### {title}")
    else:
        yield f"## {escape(section.title)}"
    yield ""
    for block in section.blocks:
        yield from _block(block)
    if section.folded:
        yield from ("</details>", "")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield from (prose(block.text), "")
        case Figure():
            caption = f"{escape(block.caption)}: " if block.caption else ""
            yield from (f"*Figure.* {caption}{escape(block.alt)}", "")
        case Matrix():
            yield from table(_flat(block))
            for level, words in block.legend.items():
                yield f"- {level}: {escape(words)}"
            yield ""
        case Table():
            yield from table(block)


def _flat(matrix: Matrix) -> Table:
    """A matrix as a table whose headings name the group and the column."""
    headings = [matrix.names[0], *(f"{group} {name}" for group, name in matrix.columns)]
    rows = [[head, *entries] for head, entries in matrix.rows]
    return Table(matrix.caption, headings, rows)


def table(table: Table) -> Iterator[str]:
    """A table with its caption, line by line, and an empty line at the end."""
    if table.caption:
        yield from (f"**{escape(table.caption)}**", "")
    yield _row(table.columns)
    yield "|---" * len(table.columns) + "|"
    for row in table.rows:
        yield _row([_cell(entry) for entry in row], ready=True)
    yield ""


def _row(cells: Sequence[str], ready: bool = False) -> str:
    texts = cells if ready else [escape(cell) for cell in cells]
    return "| " + " | ".join(texts) + " |"


def _cell(entry: Entry | str) -> str:
    if isinstance(entry, str):
        entry = Entry(entry)
    lines = "<br>".join(prose(line) for line in entry.text.split("\n"))
    return f"[{lines}](<{_address(entry.link)}>)" if entry.link else lines


def _address(link: str) -> str:
    """An address that cannot end its own angle brackets."""
    return link.replace("<", "%3C").replace(">", "%3E").replace("\n", "").replace("|", "%7C")
