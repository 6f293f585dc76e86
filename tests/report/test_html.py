"""The page: one file, nothing unescaped, nothing loaded, an address for every part."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from multiact_compare.report import Document, Figure, Section, Table, html

from tests.report import samples


class Page(HTMLParser):
    """Tags with their attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text() -> str:
    return html.render(samples.document())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_text_stays_text(page: Page) -> None:
    # The page's own script is the only one; what came in as text is text, everywhere.
    assert len(page.named("script")) == 1
    assert not page.named("b")
    assert not any(name.startswith("on") for _, found in page.tags for name in found)
    shown = "".join(page.texts)
    assert shown.count("<script>alert('x')</script> & \"quoted\" | bar code|<b> *stars*") >= 9
    assert "code|<b>" in [part for part in page.texts if part.startswith("code")]


def test_links_lead_to_the_web_or_the_page(page: Page) -> None:
    addresses = {found["href"] for found in page.named("a")}
    assert "#part" in addresses
    assert all(address and address.startswith("#") for address in addresses)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("#part", True),
        ("https://example.org/a?b=c", True),
        ("gelu.html#curve", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)
def test_only_harmless_links_stay(link: str, kept: bool) -> None:
    table = Table("t", ("a",), [[samples.Entry("text", link=link)]])
    found = html.render(Document("k", "t", "s", [Section("one", [table])]))
    assert (f'href="{link}"' in found) is kept
    assert "text" in found


def test_nothing_is_loaded(text: str, page: Page) -> None:
    for tag, attributes in page.tags:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form"}
        assert "src" not in attributes, tag
    assert [found["href"] for found in page.named("link")] == ["data:,"]
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert style is not None
    assert "@import" not in style[1]
    assert "url(" not in style[1]


def test_the_policy_lets_only_the_pages_script_run(text: str, page: Page) -> None:
    script = re.search(r"<script>(.*?)</script>\s*</body>", text, re.S)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    (policy,) = [m["content"] for m in page.named("meta") if "http-equiv" in m]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_it_can_be_read_aloud(page: Page) -> None:
    tags = Counter(tag for tag, _ in page.tags)
    assert tags["main"] == tags["header"] == tags["nav"] == tags["h1"] == 1
    assert tags["caption"] == tags["table"] == 2
    assert all("scope" in found for found in page.named("th"))
    drawings = page.named("svg")
    assert len(drawings) == 2
    assert all(found["role"] == "img" for found in drawings)
    assert tags["title"] == 1 + len(drawings)
    assert page.named("html") == [{"lang": "en"}]


def test_addresses_are_unique() -> None:
    sections = [
        Section("Same", []),
        Section("Same", []),
        Section("?", []),
        Section("x", [], "same"),
    ]
    page = Page(html.render(Document("k", "t", "s", sections)))
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    assert {"same", "same-2", "same-3", "part"} <= set(ids)


def test_the_verdict_is_that_of_the_checks(text: str) -> None:
    assert 'class="verdict failed"' in text
    assert "3 checks: 1 passed,\n1 failed, 1 skipped." in text
    good = replace(samples.document(), checks=samples.document().checks[:1])
    assert 'class="verdict passed"' in html.render(good)


def test_an_empty_document_is_a_page() -> None:
    page = Page(html.render(Document("k", "t", "s", [Section("e", [Table("c", ("a",), [])])])))
    assert page.named("table")


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        ("no drawing", "is no SVG"),
        ("<g></g>", "does not begin with <svg>"),
        ("<svg><script>alert(1)</script></svg>", "does more than draw: script"),
        ("<svg onload='alert(1)'></svg>", "onload="),
        ("<svg><a href='https://example.org'/></svg>", "href="),
        (
            "<svg xmlns:x='http://www.w3.org/1999/xlink'><image x:href='http://example.org/a'/></svg>",
            "href=",
        ),
        ("<svg><style>@import 'a.css';</style></svg>", "does more than draw: style"),
        ("<svg><rect fill='url(http://example.org)'/></svg>", "does more than draw: rect"),
        ("<svg><foreignObject/></svg>", "does more than draw: foreignobject"),
    ],
)
def test_a_figure_only_draws(svg: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        html.drawing(Figure(svg, "alt"))


def test_figures_of_other_programs_are_taken() -> None:
    svg = (
        '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n'
        '<svg width="9pt" height="9pt" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">'
        '<defs><path id="a" d="M0 0"/></defs><use href="#a" clip-path="url(#a)"/></svg>'
    )
    drawn = html.drawing(Figure(svg, "what it <shows>"))
    assert drawn.startswith(
        '<svg viewBox="0 0 9 9" role="img"><title>what it &lt;shows&gt;</title>'
    )
