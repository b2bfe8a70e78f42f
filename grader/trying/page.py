"""The feedback page of a run: opened in a browser, and brought up to date while files are watched.

A page on a disk cannot tell that it was written anew, so a watched one is served: to this machine alone, and
under an address that nobody can guess.
"""

import os
import secrets
import sys
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console

from grader.language import _
from grader.report.model import Report
from grader.trying.memory import FOLDER

PAGE = FOLDER / "feedback.html"
WAIT_S = 20.0  # for the next version, before a browser asks again
IN_TERMINALS = ("www-browser", "links", "elinks", "lynx", "w3m")  # they would take this terminal


def open_file(report: Report, console: Console, path: Path = PAGE) -> None:
    """Write the page and open it. Raises LabError where it cannot be written."""
    from grader.outputs.pages.feedback import write_html  # late: Jinja2 only where there is a page

    write_html(report, path)
    _open(path.resolve().as_uri(), console)


class LivePage:
    """The page at an address of its own, which a browser loads anew whenever it changes."""

    def __init__(self) -> None:
        self._text, self._version, self._changed = "", 0, threading.Condition()
        self._secret = secrets.token_urlsafe(12)
        self._server: ThreadingHTTPServer | None = None

    def show(self, report: Report, console: Console) -> None:
        """Serve this version; the first one is opened."""
        from grader.outputs.pages.feedback import feedback_page

        text = feedback_page(report, PAGE, live=True)
        with self._changed:
            self._text, self._version = text, self._version + 1
            self._changed.notify_all()
        if self._server is None:
            self._server = self._serve()
            _open(f"http://127.0.0.1:{self._server.server_port}/{self._secret}/", console)

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        with self._changed:
            self._changed.notify_all()

    def _serve(self) -> ThreadingHTTPServer:
        live = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place, _mark, asked = self.path.partition("?")
                if place == f"/{live._secret}/":
                    self._send(200, "text/html; charset=utf-8", live._text.encode())
                elif place == f"/{live._secret}/version":
                    self._send(200, "text/plain", str(live._next_version(asked)).encode())
                else:
                    self._send(404, "text/plain", b"not here")

            def _send(self, status: int, kind: str, content: bytes) -> None:
                self.send_response(status)
                for name, value in (("Content-Type", kind), ("Content-Length", str(len(content)))):
                    self.send_header(name, value)
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def _next_version(self, known: str) -> int:
        """The present version, once it is not the one that the browser knows, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: str(self._version) != known, timeout=WAIT_S)
            return self._version


def _open(address: str, console: Console) -> None:
    """In the browser, where there is one with windows; the address is named in any case."""
    opened = _has_windows() and webbrowser.open(address)
    console.print(
        (_("The feedback page: {address}") if opened else _("Open the feedback page: {address}")).format(
            address=address
        ),
        markup=False,
        soft_wrap=True,
    )


def _has_windows() -> bool:
    if os.environ.get("BROWSER"):
        return True
    if sys.platform not in ("win32", "darwin") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    ):
        return False
    try:
        return getattr(webbrowser.get(), "name", "") not in IN_TERMINALS
    except webbrowser.Error:
        return False
