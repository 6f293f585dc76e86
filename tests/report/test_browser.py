"""The page in a real Chromium: filters, order, parts that open, phones, the dark, the keyboard."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from multiact_compare import report
from multiact_compare.report import parity
from multiact_compare.results import BackendState, Disagreement
from playwright import sync_api

from tests.report import samples

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium is installed: none of {', '.join(NAMES)} is on the path"
)


def _document() -> report.Document:
    """Three functions: one exact, one with a known deviation, one broken."""
    cells = []
    for dtype in ("float16", "float32"):
        for backend in ("numpy", "torch"):
            for index, name in enumerate(("relu", "elu", "gelu")):
                amount = 0.05 + 0.4 * index
                facts: dict[str, Any] = {}
                if (name, backend) == ("relu", "torch"):
                    facts = {"failures": {"nan": 1}, "excused": {"nan": "its kernel"}}
                if (name, backend, dtype) == ("gelu", "torch", "float32"):
                    facts = {"failures": {"finite": 2}, "infinities": {"inf": [math.nan, 1.0]}}
                    amount = 3.0
                peak = samples.peak(8 * amount)
                cells.append(
                    samples.cell(
                        *(name, backend),
                        dtype=dtype,
                        ratio=samples.peak(amount),
                        sized=peak,
                        ulp=peak,
                        **facts,
                    )
                )
    apart = [
        Disagreement(
            name, "", "float32", "value", 9, 3, 0, far, ["numpy", "torch"], "x = 1", [1, 2]
        )
        for name, far in (("relu", 9), ("elu", 10**7), ("gelu", 100))
    ]
    run = samples.run(cells, disagreements=apart)
    missing = BackendState("jax", "missing", samples.NASTY)
    run = samples.run(cells, disagreements=apart, backends=[*run.backends, missing])
    return parity.document(run)


@dataclass
class Visit:
    """A page, and what it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def shown(self, selector: str) -> list[str]:
        """The texts of what is visible."""
        return [
            part.inner_text() for part in self.page.locator(selector).all() if part.is_visible()
        ]

    @property
    def rows(self) -> list[str]:
        """The functions in the overview."""
        return self.shown("#overview tbody th")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report & more.html"
    report.write(_document(), path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        # In a container there are no user namespaces; the page is our own.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, file: Path) -> Iterator[Callable[..., Visit]]:
    """Opens the page; afterwards it must have said nothing and asked the network for nothing."""
    visits = []
    contexts = []

    def open_page(anchor: str = "", path: Path = file, **options: Any) -> Visit:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        one = Visit(context.new_page())
        visits.append(one)
        one.page.set_default_timeout(10_000)
        one.page.on("console", lambda message: one.said.append(message.text))
        one.page.on("pageerror", lambda error: one.said.append(str(error)))
        one.page.on("request", lambda request: one.asked.append(request.url))
        one.page.goto(path.as_uri() + anchor)
        return one

    yield open_page
    for context in contexts:
        context.close()
    for one in visits:
        assert one.said == []
        local = [url for url in one.asked if not url.startswith("data:")]
        assert [url.partition("#")[0] for url in local] == [file.as_uri()] * len(local)
        assert len(local) == 1


def test_it_opens_offline(visit: Callable[..., Visit]) -> None:
    page = visit(offline=True).page
    assert page.title() == "Parity of multiact"
    assert page.get_by_role("heading", level=1).inner_text() == "Parity of multiact"
    assert "The contract does not hold" in page.locator(".verdict").inner_text()
    assert page.get_by_role("status").first.inner_text() == "3 of 3 functions shown"


@pytest.mark.parametrize(
    ("choose", "rows", "columns"),
    [
        ({}, ["relu", "elu", "gelu"], 6),
        ({"function": "EL"}, ["relu", "elu", "gelu"], 6),
        ({"function": "gel"}, ["gelu"], 6),
        ({"function": "nothing"}, [], 6),
        ({"backend": "torch"}, ["relu", "elu", "gelu"], 2),
        ({"dtype": "float32"}, ["relu", "elu", "gelu"], 3),
        ({"verdict": "✗ breaks the contract"}, ["gelu"], 6),
        ({"verdict": "✗ breaks the contract", "dtype": "float16"}, [], 3),
        ({"verdict": "* a known deviation", "backend": "numpy"}, [], 2),
        ({"verdict": "– not measured"}, ["relu", "elu", "gelu"], 6),
    ],
)
def test_filters(
    visit: Callable[..., Visit], choose: dict[str, str], rows: list[str], columns: int
) -> None:
    one = visit()
    group = one.page.get_by_role("group", name="Filter: Worst error in ULP")
    for name, value in choose.items():
        if name == "function":
            group.get_by_role("searchbox", name=name, exact=True).fill(value)
        else:
            group.get_by_role("combobox", name=name, exact=True).select_option(label=value)
    assert one.rows == rows
    assert len(one.shown("#overview thead tr:last-child th")) == 1 + columns
    assert group.get_by_role("status").inner_text() == f"{len(rows)} of 3 functions shown"
    # The parts about the functions go with the rows.
    parts = one.shown("section.folded summary")
    assert [part.strip(" ✗") for part in parts] == rows
    group.get_by_role("button", name="Reset").click()
    assert one.rows == ["relu", "elu", "gelu"]
    assert len(one.shown("#overview thead tr:last-child th")) == 7


def test_sorting(visit: Callable[..., Visit]) -> None:
    one = visit()
    table = one.page.get_by_role("table", name="Worst error in ULP")
    name = table.get_by_role("columnheader", name="function", exact=True)
    name.get_by_role("button").click()
    assert one.rows == ["elu", "gelu", "relu"]
    assert name.get_attribute("aria-sort") == "ascending"
    name.get_by_role("button").click()
    assert one.rows == ["relu", "gelu", "elu"]
    assert name.get_attribute("aria-sort") == "descending"
    # The largest error first: 24, 3.6 and 0.4; and only one column says how the rows are sorted.
    numbers = table.locator("th[data-group=torch][data-column=float32]")
    numbers.get_by_role("button").click()
    assert one.rows == ["gelu", "elu", "relu"]
    assert table.locator("th[aria-sort]").count() == 1
    numbers.get_by_role("button").click()
    assert one.rows == ["relu", "elu", "gelu"]


def test_large_numbers_sort_by_size(visit: Callable[..., Visit]) -> None:
    one = visit()
    part = one.page.locator("#agreement")
    part.get_by_role("button", name="numbers apart").click()
    assert one.shown("#agreement tbody th") == ["elu", "gelu", "relu"]
    assert part.locator("tbody td:nth-child(4)").all_inner_texts() == ["1.0e+07", "100", "9"]


def test_a_function_opens(visit: Callable[..., Visit]) -> None:
    one = visit()
    part = one.page.locator("#fn-gelu")
    assert not part.get_by_role("table").first.is_visible()
    one.page.get_by_role("link", name="gelu", exact=True).click()
    assert part.locator("details").evaluate("fold => fold.open")
    assert part.get_by_role("img").first.is_visible()
    drawings = part.get_by_role("img")
    assert drawings.count() == 4
    assert part.get_by_role("img", name="Error of gelu, value, float32").is_visible()
    assert one.page.evaluate("document.activeElement.tagName") == "SUMMARY"
    # The tables of a part can be filtered and sorted once it is open.
    worst = part.get_by_role("group", name="Filter: Worst inputs of gelu")
    worst.get_by_role("combobox", name="backend").select_option("torch")
    assert worst.get_by_role("status").inner_text() == "2 of 4 rows shown"
    part.locator("summary").click()
    one.page.get_by_role("link", name="gelu", exact=True).click()
    assert part.locator("details").evaluate("fold => fold.open"), "the same address again"


def test_an_address_opens_its_part(visit: Callable[..., Visit]) -> None:
    page = visit("#fn-elu").page
    part = page.locator("#fn-elu")
    assert part.locator("details").evaluate("fold => fold.open")
    assert part.evaluate("part => part.getBoundingClientRect().top < innerHeight")
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details[open]").count() == 3
    page.get_by_role("button", name="Close all").click()
    assert page.locator("details[open]").count() == 0


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_scrolls_sideways(visit: Callable[..., Visit], width: int) -> None:
    one = visit(viewport={"width": width, "height": 740})
    one.page.get_by_role("button", name="Open all").click()
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    # Wide tables scroll by themselves, with the function's name in sight.
    scroll = one.page.locator("#overview .scroll")
    scroll.evaluate("part => part.scrollLeft = 9999")
    first = one.page.locator("#overview tbody th").first.bounding_box()
    assert first["x"] >= 0
    for control in one.page.locator(".controls select, .controls input, .controls button").all():
        box = control.bounding_box()
        assert box is None or box["x"] + box["width"] <= width
        assert box is None or box["height"] >= 24


LUMINANCE = """
element => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (text) => {
    const [r, g, b] = channels(text).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (part) => {
    const colour = getComputedStyle(part).backgroundColor;
    const clear = channels(colour)[3] === 0;
    return clear ? background(part.parentElement) : luminance(colour);
  };
  return [luminance(getComputedStyle(element).color), background(element)];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(visit: Callable[..., Visit], scheme: str) -> None:
    page = visit(color_scheme=scheme).page
    page.get_by_role("button", name="Open all").click()
    dark = page.locator("body").evaluate(LUMINANCE)[1] < 0.1
    assert dark == (scheme == "dark")
    places = ("p", "caption", "a", "td.good", "td.poor", "td.bad", "td.none", "figcaption", "dt",
              "label", "button", "select", ".count", "thead th", ".verdict")  # fmt: skip
    for place in places:
        one, other = page.locator(place).last.evaluate(LUMINANCE)
        contrast = (max(one, other) + 0.05) / (min(one, other) + 0.05)
        assert contrast >= 4.5, (place, contrast)


def test_the_keyboard_is_enough(visit: Callable[..., Visit]) -> None:
    one = visit()
    page = one.page

    def focused(what: str) -> Any:
        return page.evaluate(f"(() => {{ const at = document.activeElement; return {what}; }})()")

    page.keyboard.press("Tab")
    assert focused("at.textContent") == "Skip to the content"
    assert focused("at.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert focused("at.id") == "content"
    page.keyboard.press("Tab")
    assert focused("at.type") == "search"
    assert focused("getComputedStyle(at).outlineStyle") == "solid"
    page.keyboard.type("gelu")
    assert one.rows == ["gelu"]
    for _ in range(3):
        page.keyboard.press("Tab")
    assert focused("at.tagName") == "SELECT"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert one.rows == ["relu", "elu", "gelu"]
    page.keyboard.press("Tab")
    assert focused("at.getAttribute('role')") == "region"
    page.keyboard.press("Tab")
    assert focused("at.textContent") == "function"
    page.keyboard.press("Space")
    assert one.rows == ["elu", "gelu", "relu"]
    page.locator("#fn-relu summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#fn-relu details").evaluate("fold => fold.open")


def test_without_scripts_everything_is_there(visit: Callable[..., Visit]) -> None:
    one = visit(java_script_enabled=False)
    assert one.rows == ["relu", "elu", "gelu"]
    assert one.page.locator("button, select, input").count() == 0
    one.page.locator("#fn-gelu summary").click()
    assert one.page.locator("#fn-gelu table").first.is_visible()


def test_printing_opens_what_is_folded(visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details[open]").count() == 3
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_text_from_outside_is_only_text(visit: Callable[..., Visit]) -> None:
    page = visit().page
    shown = page.locator("#environment").inner_text()
    assert "<script>alert('x')</script>" in shown
    assert page.evaluate("document.scripts.length") == 1


def test_the_whole_catalogue_is_quick(tmp_path: Path, browser: Any) -> None:
    path = tmp_path / "whole.html"
    run = samples.whole_catalogue()
    report.write(parity.document(run), path)
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    seconds = page.evaluate(
        "() => { const { domComplete, startTime } = performance.getEntriesByType('navigation')[0];"
        " return (domComplete - startTime) / 1000; }"
    )
    count = len(run.functions)
    said = page.get_by_role("status").first.inner_text()
    assert said == f"{count} of {count} functions shown"
    context.close()
    assert seconds < 20, seconds
