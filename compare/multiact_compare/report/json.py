"""A document as JSON: what a program reads. docs/reports.md describes the schema."""

from __future__ import annotations

from multiact_compare import results
from multiact_compare.report.document import Document

SCHEMA_VERSION = 1
"""That of the frame around a document's data; it grows when a field changes its meaning."""


def render(document: Document) -> str:
    """The data alone if they have a schema of their own, else with their frame."""
    if "schema_version" in document.data:
        return results.dumps(document.data) + "\n"
    frame = {
        "schema_version": SCHEMA_VERSION,
        "kind": document.kind,
        "title": document.title,
        "summary": document.summary,
        "environment": document.environment,
        "checks": document.checks,
        "data": document.data,
    }
    return results.dumps(frame) + "\n"
