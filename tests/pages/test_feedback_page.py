"""The student's page in a real browser."""

from itertools import pairwise

import pytest
from made_up import NASTY, a_report, a_wrong_report, an_untouched_report, fail

from grader.outputs.pages.feedback import write_html

pytestmark = pytest.mark.browser
REPORTS = {"wrong": a_wrong_report, "right": a_report, "untouched": an_untouched_report}
LAYERS = {"Nothing": [], "Your mask": ["seen"], "Expected mask": ["expected"], "Difference": ["difference"]}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "ada.html"
    write_html(a_wrong_report(), path)
    return path


def laid_over(page) -> list[str]:
    return [
        name for name in ("seen", "expected", "difference") if page.locator(f".layer.{name}").is_visible()
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", REPORTS)
def test_nothing_for_axe_to_find(kind, scheme, tmp_path, opened, faults):
    path = tmp_path / "page.html"
    write_html(REPORTS[kind](), path)
    with opened(path, 390 if scheme == "dark" else 1280, scheme) as page:
        assert faults(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_hangs_over_the_side(wrong, width, opened):
    with opened(wrong, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scripts", [True, False])
def test_layers_switch_by_keyboard(wrong, opened, scripts):
    with opened(wrong, scripts=scripts) as page:
        assert laid_over(page) == ["difference"]
        page.get_by_label("Nothing").focus()
        seen = {}
        for name in LAYERS:
            assert page.get_by_label(name, exact=True).is_checked() or name == "Nothing"
            if name == "Nothing":
                page.keyboard.press("Space")
            seen[name] = laid_over(page)
            page.keyboard.press("ArrowRight")
        assert seen == LAYERS


def test_strength_of_a_layer(wrong, opened):
    with opened(wrong) as page:
        page.get_by_label("Strength").focus()
        page.keyboard.press("Home")
        opacity = "getComputedStyle(document.querySelector('.layer.difference')).opacity"
        assert page.evaluate(opacity) == "0"
        page.keyboard.press("PageUp")
        assert 0 < float(page.evaluate(opacity)) < 1
        assert (
            page.get_by_label("Strength").get_attribute("aria-valuetext")
            == page.locator("output").inner_text()
        )
    with opened(wrong, scripts=False) as page:  # what would do nothing is not there
        assert not page.get_by_label("Strength").is_visible()


def test_layers_lie_on_the_picture(wrong, opened):
    with opened(wrong, 390) as page:
        boxes = [
            page.locator(f".stack {which}").bounding_box() for which in ("img:first-child", ".difference")
        ]
        assert boxes[0] == boxes[1]
        natural = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.naturalHeight])")
        assert len(set(map(tuple, natural))) == 1
        assert natural[0][0] > 1000


def test_theme_wins_over_the_system_and_print_is_light(wrong, opened):
    paper = "getComputedStyle(document.body).backgroundColor"
    with opened(wrong, scheme="dark") as page:
        dark = page.evaluate(paper)
        page.get_by_label("Light", exact=True).check()
        light = page.evaluate(paper)
        page.get_by_label("Dark", exact=True).check()
        assert page.evaluate(paper) == dark != light
        page.emulate_media(media="print")
        assert page.evaluate(paper) == "rgb(255, 255, 255)"
        assert not page.locator(".controls").is_visible()


def test_the_wrong_edge_is_red_and_the_right_one_is_not_drawn(wrong, opened):
    with opened(wrong) as page:
        assert page.locator("path.edge.wrong").count() == 1
        colors = {
            kind: page.evaluate(f"getComputedStyle(document.querySelector('path.edge{kind}')).stroke")
            for kind in (".wrong", ":not(.wrong)")
        }
        assert colors == {".wrong": "rgb(176, 39, 29)", ":not(.wrong)": "rgb(38, 44, 54)"}
        assert page.locator(".wrong-edges li").all_inner_texts() == ["down_conv1 → concat3"]
        drawn = page.locator("path.edge:not(.wrong)").count()
    full = wrong.with_name("full.html")
    write_html(a_report(), full)
    with opened(full) as page:
        assert page.locator("path.edge").count() == drawn + 1


def test_headings_in_order_and_a_language(wrong, opened):
    with opened(wrong) as page:
        assert page.locator("html").get_attribute("lang") == "en"
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_a_student_writes_stays_text(tmp_path, opened):
    report = a_report(NASTY)
    fail(report, "forward.skips", NASTY, NASTY, NASTY)
    report.files, report.output = {NASTY: "0" * 64}, NASTY
    report.wiring["seen"] = {"nodes": [["input", []], [NASTY, [0]], ["final_conv", [1]]], "output": 2}
    path = tmp_path / "page.html"
    write_html(report, path)
    with opened(path) as page:
        assert page.title().startswith("</script><img")
        assert page.locator("main img").count() == 4  # the picture and its layers
        assert page.locator("b").count() == 0
        assert "{{ 7 * 7 }} <b>bold</b>" in page.locator("h1").inner_text()
        assert page.locator("pre").text_content().startswith("</script><img")
        assert not set("\x1b\u202e") & set(page.content())
