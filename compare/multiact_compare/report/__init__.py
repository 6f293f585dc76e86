"""Reports of any command: a :class:`Document`, and its renderers by file suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from multiact_compare import results
from multiact_compare.report.document import (
    LEVELS,
    Block,
    Check,
    Document,
    Entry,
    Figure,
    Level,
    Matrix,
    Paragraph,
    Section,
    Table,
)

__all__ = [
    "LEVELS",
    "SUFFIXES",
    "Block",
    "Check",
    "Document",
    "Entry",
    "Figure",
    "Level",
    "Matrix",
    "Paragraph",
    "Section",
    "Table",
    "check_suffix",
    "rendered",
    "write",
]


def _html() -> Callable[[Document], str]:
    from multiact_compare.report import html

    return html.render


def _markdown() -> Callable[[Document], str]:
    from multiact_compare.report import markdown

    return markdown.render


def _json() -> Callable[[Document], str]:
    from multiact_compare.report import json

    return json.render


def _junit() -> Callable[[Document], str]:
    from multiact_compare.report import junit

    return junit.render


# Each is imported when it is asked for: a template engine is nothing that `--help` needs.
_RENDERERS = {".html": _html, ".md": _markdown, ".json": _json, ".xml": _junit}

SUFFIXES = tuple(_RENDERERS)
"""What the name of a report may end with."""


def check_suffix(path: Path) -> None:
    """Fail before a long run if no renderer writes such files.

    Raises
    ------
    ValueError
        The suffix says nothing.
    """
    if path.suffix.lower() not in _RENDERERS:
        got = f"ends in {path.suffix}" if path.suffix else "has no suffix"
        raise ValueError(
            f"{path} {got}; the suffix says what a report becomes: .html a page, .md Markdown, "
            ".json data, .xml JUnit"
        )


def rendered(document: Document, suffix: str) -> str:
    """The text of a report for a suffix of :data:`SUFFIXES`."""
    return _RENDERERS[suffix.lower()]()(document)


def write(document: Document, path: Path) -> None:
    """Write a report in one step, as the suffix says; a failure leaves what stood there.

    Raises
    ------
    ValueError
        The suffix says nothing.
    OSError
        The file cannot be written.
    """
    check_suffix(path)
    results.write_text(rendered(document, path.suffix), path)
