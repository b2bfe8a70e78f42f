"""What all HTML pages share: one file each, no network, and no way for a student's text to act.

Texts are escaped by Jinja2, and the page's Content-Security-Policy names the digests of our own
style and script: nothing else runs, and nothing is fetched. Next files: feedback.py, overview.py.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.lab.files import write_text
from grader.language import _, current, ngettext
from grader.text import clean

TEMPLATES = Path(__file__).with_name("templates")


def _finalized(value: object) -> object:
    """What a template shows: text cleaned once more, and anything else as it is."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _said, "ngettext": _counted}
    return environment


HTML_NAMES = {"en": "en", "zh": "zh-Hans"}


def _said(text: str) -> Markup:
    """A text of ours in the present language; values are escaped when they come into it by `format`."""
    return Markup(_(text))


def _counted(one: str, several: str, count: int) -> Markup:
    return Markup(ngettext(one, several, count)).format(count=count)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_page(path: Path, name: str, **facts: Any) -> None:
    """Write what `render_page` makes. Raises LabError where path cannot be written."""
    write_text(path, render_page(name, **facts))


def render_page(name: str, live: bool = False, **facts: object) -> str:
    """NAME.html with NAME.css and NAME.js in it.

    live: for a page that is served, and that asks its own server for the next version.
    """
    environment = _environment()
    style, script = (environment.get_template(f"{name}.{kind}").render() for kind in ("css", "js"))
    if live:
        script += environment.get_template("live.js").render()
    asks = "connect-src 'self'; " if live else ""
    policy = (
        f"default-src 'none'; {asks}img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    own = {
        "language": HTML_NAMES[current()],
        "style": Markup(style),
        "script": Markup(script),
        "policy": policy,
    }
    return environment.get_template(f"{name}.html").render(**own, **facts)
