"""Markdown, JSON and JUnit: what other programs read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from multiact_compare import report, results
from multiact_compare.report import Document, Entry, Section, Table, junit, markdown, parity

from tests.report import samples

UNESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\|")


def test_every_row_of_a_table_has_its_cells() -> None:
    text = markdown.render(samples.document())
    rows = [line for line in text.splitlines() if line.startswith("|")]
    counts = [len(UNESCAPED.findall(row)) for row in rows]
    # The matrix and the table have three columns, the environment two.
    assert counts == [4] * 3 + [4] * 4 + [3] * 3


def test_markdown_has_no_live_html() -> None:
    text = markdown.render(samples.document())
    assert set(re.findall(r"(?<!\\)</?(\w+)", re.sub(r"`[^`]*`|\(<[^>]*>\)", "", text))) == {
        "a",
        "br",
        "details",
        "summary",
    }
    assert r"\*stars\* \_under\_" in text
    assert r"`code\|<b>`" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("`a|b`", r"`a\|b`"),
        ("one\ntwo", "one<br>two"),
        ("back\\slash", r"back\\slash"),
        ("f`", r"f\`"),
        ("a & b", "a &amp; b"),
    ],
)
def test_cells(text: str, expected: str) -> None:
    document = Document("k", "t", "s", [Section("one", [Table("", ("a",), [[Entry(text)]])])])
    assert f"\n| {expected} |\n" in markdown.render(document)


def test_folded_parts_open_on_a_click() -> None:
    lines = markdown.render(samples.document()).splitlines()
    assert lines.count("<details>") == lines.count("</details>") == 1
    assert '<a id="part"></a>' in lines


def test_junit_is_well_formed_and_counts() -> None:
    text = junit.render(samples.document())
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "testsuites"
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "1", "1")
    first, second = root
    assert (first.get("name"), first.get("tests"), first.get("time")) == ("group.one", "2", "0.250")
    assert second.get("skipped") == "1"
    passed, failed = first.findall("testcase")
    assert not list(passed)
    (failure,) = failed
    assert failure.tag == "failure"
    # What XML cannot say is replaced; the rest of the message is there.
    assert failure.text == samples.NASTY + "\ufffd\ufffd[31m\ufffd"
    assert failure.get("message") == samples.NASTY.partition("\n")[0]
    (property_,) = first.findall("properties/property")
    assert property_.get("value") == samples.NASTY


def test_json_frames_the_data() -> None:
    data = json.loads(report.rendered(samples.document(), ".json"))
    assert data["schema_version"] == report.json.SCHEMA_VERSION
    assert data["kind"] == "sample"
    assert data["data"]["numbers"] == [1.0, "inf", "nan"]
    assert data["data"]["check"]["status"] == "passed"
    assert data["checks"][2] == {
        "group": "group.two",
        "name": "third",
        "status": "skipped",
        "message": samples.NASTY,
        "seconds": 0.0,
    }


def test_json_of_parity_is_the_file_that_results_reads(tmp_path: Path) -> None:
    run = samples.run([samples.cell(), samples.cell(backend="torch", profile=[])])
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    results.save(run, one)
    report.write(parity.document(run), other)
    assert one.read_bytes() == other.read_bytes()
    assert repr(results.load(other)) == repr(run)
