"""Prints the handout: docs/handout.md and handout.zh-CN.md as PDF, in build/. `make handout`.

Chromium prints, as in the tests of the pages: it sets Chinese and SVG well, and is needed there anyway.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import Error, PdfMargins, sync_playwright

from grader.commands.start import start
from grader.errors import LabError
from grader.lab.files import write_bytes
from grader.lab.paths import LAB

DOCS, OUT = LAB / "docs", LAB / "build"
STYLE = DOCS / "handout.css"
HANDOUTS = {"handout.md": "en", "handout.zh-CN.md": "zh-CN"}
MARGINS: PdfMargins = {"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"}


def page_of(text: str, language: str) -> str:
    """The handout's markdown as a page. Raw HTML in it is shown, not obeyed."""
    title = text.splitlines()[0].removeprefix("# ")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    head = f'<meta charset="utf-8"><title>{title}</title><base href="{DOCS.as_uri()}/">'
    head += f'<link rel="stylesheet" href="{STYLE.name}">'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'


def browser() -> str:
    """The Chromium that is installed. Raises LabError."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise LabError("the handout is printed by Chromium: install it (apt-get install chromium fonts-noto-cjk)")


def run() -> None:
    """Print both handouts to build/."""
    program = browser()
    OUT.mkdir(exist_ok=True)
    try:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
            chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for name, language in HANDOUTS.items():
                page = chromium.new_page()
                laid_out, out = Path(folder, "page.html"), OUT / f"{Path(name).stem}.pdf"
                laid_out.write_text(page_of((DOCS / name).read_text("utf-8"), language), encoding="utf-8")
                page.goto(laid_out.as_uri())
                printed = page.pdf(format="A4", margin=MARGINS, print_background=True, tagged=True)
                write_bytes(out, printed)
                print(f"{out.relative_to(LAB)}: {len(printed) / 1000:.0f} kB", file=sys.stderr)
    except Error as error:
        raise LabError(f"Chromium could not print the handout: {error.message.splitlines()[0]}") from None


if __name__ == "__main__":
    start(run)
