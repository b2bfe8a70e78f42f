"""The site that `make docs` builds: readable on a phone and on a screen, in both languages."""

import json

import pytest
from playwright.sync_api import sync_playwright

from assets.make.handout import browser
from grader.lab.paths import LAB

pytestmark = pytest.mark.docs
SITE = LAB / "build" / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if path.name != "404.html")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield program
        program.close()


def test_both_languages_are_there():
    own = {name for name in PAGES if not name.startswith("zh-CN/")}
    assert {f"zh-CN/{name}" for name in own} == set(PAGES) - own
    assert len(own) > 10


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_over_the_edge_and_every_picture_is_there(width, chromium):
    page = chromium.new_page(viewport={"width": width, "height": 844})
    for name in PAGES:
        page.goto((SITE / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        missing = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
        assert missing == [], name
    page.close()


def test_both_languages_can_be_searched():
    found = json.loads((SITE / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = {entry["location"]: entry["text"] for entry in found["docs"]}
    assert any("logit" in text for place, text in texts.items() if place.startswith("handout.html"))
    assert any("掩码" in text for place, text in texts.items() if place.startswith("zh-CN/handout.html"))
