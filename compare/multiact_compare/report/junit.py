"""The checks of a document as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from multiact_compare.report.document import Check, Document

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot express, not even escaped: output of a dying process may have it."""


def render(document: Document) -> str:
    """A suite per group, a test case per check."""
    root = ElementTree.Element("testsuites", {"name": _text(document.title)})
    _count(root, document.checks)
    groups: dict[str, list[Check]] = {}
    for check in document.checks:
        groups.setdefault(check.group, []).append(check)
    for group, checks in groups.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": _text(group)})
        _count(suite, checks)
        if document.environment:
            properties = ElementTree.SubElement(suite, "properties")
            for name, value in document.environment.items():
                pair = {"name": _text(name), "value": _text(value)}
                ElementTree.SubElement(properties, "property", pair)
        for check in checks:
            _case(suite, check)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _case(suite: ElementTree.Element, check: Check) -> None:
    named = {
        "classname": _text(check.group),
        "name": _text(check.name),
        "time": f"{check.seconds:.3f}",
    }
    case = ElementTree.SubElement(suite, "testcase", named)
    if check.status == "passed":
        return
    kind = "failure" if check.status == "failed" else "skipped"
    first = check.message.partition("\n")[0]
    outcome = ElementTree.SubElement(case, kind, {"message": _text(first)})
    if check.status == "failed":
        outcome.text = _text(check.message)


def _count(element: ElementTree.Element, checks: Sequence[Check]) -> None:
    element.set("tests", str(len(checks)))
    element.set("failures", str(sum(check.status == "failed" for check in checks)))
    element.set("errors", "0")
    element.set("skipped", str(sum(check.status == "skipped" for check in checks)))
    element.set("time", f"{sum(check.seconds for check in checks):.3f}")


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
