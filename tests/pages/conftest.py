"""A real Chromium, and a way to open a page of ours in it that notes whatever a page must not do."""

import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright  # late: the tests here without a browser need none

    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(
            "these tests need Chromium: apt-get install chromium (or another of: " + ", ".join(NAMES) + ")"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """opened(path, width, scheme): the page from file://. Afterwards: one request, no error or complaint."""

    @contextmanager
    def open_page(path, width: int = 1280, scheme: str = "light", scripts: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        page, complaints, requests = context.new_page(), [], []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        yield page
        assert complaints == []
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        context.close()

    return open_page


@pytest.fixture
def faults():
    """faults(page): what axe-core finds, of any impact, as lines."""

    from axe_playwright_python.sync_playwright import Axe

    def run(page) -> list[str]:
        response = Axe().run(page, options={"resultTypes": ["violations"]}).response
        return [
            f"{found['impact']} {found['id']}: {node['target']} {node['failureSummary']}"
            for found in response["violations"]
            for node in found["nodes"]
        ]

    return run
