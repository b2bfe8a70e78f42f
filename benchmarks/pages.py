"""How large are the pages, and how long does a browser take? `python -m benchmarks.pages`.

Makes up a class, writes its overview, and opens it in Chromium from a folder: the time until it is
loaded, until it is sorted again, and until it is filtered, each with the layout that follows.
"""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import sync_playwright

from grader.outputs.pages.feedback import write_html
from grader.outputs.pages.overview import write_overview
from grader.report.folder import gather, report_files
from tests.pages.made_up import a_wrong_report, write_class

SORT = "document.querySelector('.submissions thead th:nth-child(2) button').click()"
FILTER = "words.value = 'student 0'; words.dispatchEvent(new Event('input'))"
TIMED = """() => {
    const start = performance.now();
    %s;
    document.body.offsetHeight;
    return performance.now() - start;
}"""


def main(size: Annotated[int, typer.Option(help="How many submissions the class has.")] = 1000) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        reports, page, single = Path(folder) / "reports", Path(folder) / "o.html", Path(folder) / "ada.html"
        write_class(reports, size)
        start = time.perf_counter()
        write_overview(gather(report_files(reports)), reports, page)
        print(f"overview of {size}: {time.perf_counter() - start:.2f} s, {page.stat().st_size / 1e3:.0f} kB")
        start = time.perf_counter()
        write_html(a_wrong_report(), single)
        print(f"feedback page: {time.perf_counter() - start:.2f} s, {single.stat().st_size / 1e3:.0f} kB")
        with sync_playwright() as playwright:
            found = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            for name, path in (("overview", page), ("feedback page", single)):
                tab = browser.new_page()
                tab.goto(path.as_uri())
                loaded = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
                print(f"{name}: loaded after {loaded:.0f} ms")
                if path == page:
                    sorted_ms, filtered_ms = (tab.evaluate(TIMED % action) for action in (SORT, FILTER))
                    print(f"sorted in {sorted_ms:.0f} ms, filtered in {filtered_ms:.0f} ms")
            browser.close()


if __name__ == "__main__":
    typer.run(main)
