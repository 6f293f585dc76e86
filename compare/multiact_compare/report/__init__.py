"""Reports of any command: a :class:`Document`, and its renderers by file suffix."""

from multiact_compare.report.document import (
    Block,
    Check,
    Document,
    Entry,
    Figure,
    Level,
    Paragraph,
    Section,
    Table,
)

__all__ = [
    "Block",
    "Check",
    "Document",
    "Entry",
    "Figure",
    "Level",
    "Paragraph",
    "Section",
    "Table",
]
