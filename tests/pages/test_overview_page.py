"""The class page in a real browser, with a thousand submissions."""

import pytest
from made_up import NASTY, a_wrong_report, write_class

from grader.outputs.pages.class_notes import Changed, ClassNotes, Unmarked
from grader.outputs.pages.feedback import write_html
from grader.outputs.pages.overview import write_overview
from grader.report.folder import gather, report_files

pytestmark = pytest.mark.browser
SIZE = 1000


def overview(folder):
    page = folder.parent / "overview.html"
    write_overview(gather(report_files(folder)), folder, page)
    return page


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "reports"
    return write_class(folder, SIZE), folder


@pytest.fixture(scope="module")
def large(made):
    return overview(made[1])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Twenty, one with a page of its own, one with a nasty name; and two files that are no reports."""
    folder = tmp_path_factory.mktemp("small") / "reports"
    write_class(folder, 18)
    (folder / "deep down").mkdir()
    ada = a_wrong_report("Ada")
    ada.write_json(folder / "deep down" / "ada #1.json")
    write_html(ada, folder / "deep down" / "ada #1.html")
    a_wrong_report(NASTY).write_json(folder / "javascript:alert(1).json")
    (folder / "other.json").write_text("{}")
    (folder / "cut.json").write_text('{"schema": 1, "sub')
    return overview(folder)


@pytest.fixture(scope="module")
def of_a_batch(tmp_path_factory):
    """A class with all that a batch knows of it."""
    folder = tmp_path_factory.mktemp("batch") / "reports"
    write_class(folder, 12)
    gathered = gather(report_files(folder))
    notes = ClassNotes(
        title="A class",
        marks={file: (f"{0.8 * one.score:g}", "1 d 2 h late") for file, one in gathered.reports.items()},
        unmarked=[
            Unmarked("Kaya, Dan", "not gradable", "there is no unet.py in what was handed in " * 4),
            Unmarked(
                "A very long name, and another one, and a third", "needs a human", "x" * 120, late="late"
            ),
            Unmarked(NASTY, "nothing handed in"),
        ],
        changed=[Changed("Ito, Eve", "not gradable", "100", "files, name")],
        identical=[("Ito, Eve", "Kaya, Fay", NASTY)],
        notes=["read as a download of Canvas's: 12 hand-ins"],
        facts=[("secret", "0fa32bb1c5aa")],
    )
    page = folder.parent / "index.html"
    write_overview(gathered, folder, page, notes)
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_a_batch_is_whole_and_for_everybody(of_a_batch, width, opened, faults):
    with opened(of_a_batch, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert faults(page) == []
        assert page.title() != "owned"
        assert len(column(page, 0)) == 12


def column(page, number: int) -> list[str]:
    cells = "[...document.querySelectorAll('.submissions tbody tr:not([hidden])')]"
    return page.evaluate(f"{cells}.map(row => row.cells[{number}].innerText.trim())")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(small, scheme, opened, faults):
    with opened(small, 390 if scheme == "dark" else 1280, scheme) as page:
        assert faults(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_hangs_over_the_side(small, width, opened):
    with opened(small, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_thousand_are_sorted_by_keyboard(large, made, opened):
    assert large.stat().st_size < 1_000_000
    scores = [report.score for report in made[0]]
    with opened(large) as page:
        assert column(page, 1) == [str(score) for score in scores]
        header = page.locator("th", has=page.get_by_role("button", name="Score"))
        page.get_by_role("button", name="Score").focus()
        for key, order in (("Enter", "descending"), ("Space", "ascending")):
            page.keyboard.press(key)
            assert header.get_attribute("aria-sort") == order
            assert page.locator("[aria-sort=ascending], [aria-sort=descending]").count() == 1
            wanted = sorted(scores, reverse=order == "descending")
            assert column(page, 1) == [str(score) for score in wanted]
        page.get_by_role("button", name="First problem").click()
        problems = column(page, 7)
        without = sum(report.exit_status == 0 for report in made[0])
        assert problems[-without:] == [""] * without
        assert "" not in problems[:-without]


def test_a_thousand_are_filtered(large, made, opened):
    with opened(large) as page:
        page.get_by_label("Name or problem").press_sequentially("STUDENT 099")
        assert column(page, 0) == [f"student {n:04d} JSON" for n in (99, *range(990, 1000))]
        assert page.get_by_role("status").inner_text() == "11 of 1000 shown"
        button = page.get_by_role("button", name="Show them").first
        button.focus()
        page.keyboard.press("Enter")
        cause = page.locator(".causes code").first.inner_text()
        having = [r.name for r in made[0] if cause in {c.cause for todo in r.todos for c in todo.checks}]
        assert [name.removesuffix(" JSON") for name in column(page, 0)] == having
        assert page.locator(".causes .count").first.inner_text().split()[0] == str(len(having))


def test_heat_map_names_the_submission(large, made, opened):
    with opened(large) as page:
        strip = page.locator(".heat .strip").first
        strip.scroll_into_view_if_needed()
        strip.hover(position={"x": 1, "y": 5})
        worst = min(report.score for report in made[0])
        assert page.locator("#readout").inner_text().endswith(f": {worst} points")
        strip.click(position={"x": 1, "y": 5})
        found = page.locator("tr.found")
        assert found.locator("td").first.inner_text() == str(worst)
        assert page.evaluate("document.activeElement.closest('tr').className") == "found"


def test_links_lead_to_the_pages(small, opened, chromium):
    with opened(small) as page:
        ada = page.get_by_role("link", name="Ada", exact=True)
        assert ada.get_attribute("href") == "reports/deep%20down/ada%20%231.html"
        hrefs = page.locator(".submissions a").evaluate_all("all => all.map(a => a.href)")
        assert len(hrefs) == 20
        assert all(href.startswith(small.parent.as_uri()) for href in hrefs)
        target = ada.evaluate("a => a.href")
    other = chromium.new_page()
    other.goto(target)
    assert other.locator("h1").inner_text() == "Ada"
    other.close()


def test_names_stay_text_and_broken_files_are_named(small, opened):
    with opened(small) as page:
        assert page.locator("main img, b").count() == 0
        assert "{{ 7 * 7 }} <b>bold</b>" in " ".join(column(page, 0))
        assert page.locator("#refused ~ ul code").all_inner_texts() == ["cut.json", "other.json"]
    with opened(small, scripts=False) as page:  # without scripts everything is there, and nothing pretends
        assert page.locator(".submissions tbody tr").count() == 20
        assert not page.get_by_label("Name or problem").is_visible()
