"""What GitHub's runner does with the lines that a step prints, as its ActionCommand.cs reads them.

`::name key=value::message` at the beginning of a line, blanks aside, and `##[name key=value]message`
anywhere in it are commands; after `::stop-commands::TOKEN` none is, until a line `::TOKEN::`.
"""

import re

NAMES = re.compile(
    "error|warning|notice|debug|group|endgroup|echo|add-mask|add-path|add-matcher|remove-matcher|"
    "set-env|set-output|save-state|internal-set-repo-path"
)
COMMAND = re.compile(r"\s*::(?P<name>[^\s:]+)(?:\s(?P<properties>.*?))?::(?P<message>.*)")
OLDER = re.compile(r"##\[(?P<name>[^\s\]]+)(?:\s(?P<properties>[^\]]*))?\](?P<message>.*)")


def commands_in(output: str) -> list[tuple[str, dict[str, str], str]]:
    """[(name, properties, message)] of the commands that take effect."""
    found, token = [], None
    for line in re.split(r"\r\n|\r|\n", output):
        command = COMMAND.match(line) or OLDER.search(line)
        if command is None:
            continue
        name = command["name"].lower()
        if token is not None:
            token = None if name == token else token
        elif name == "stop-commands":
            token = command["message"].strip().lower()
        elif NAMES.fullmatch(name):
            found.append((name, _properties(command["properties"] or ""), _decoded(command["message"])))
    return found


def _properties(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {key.strip(): _decoded(value.replace("%3A", ":").replace("%2C", ",")) for key, _, value in pairs}


def _decoded(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
