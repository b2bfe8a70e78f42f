"""What typer itself says around a help and of a wrong command line, in the language that was chosen.

Its words stand in its code, in English and without a catalogue: names of its module are set anew, and its
errors are read again by what they say. A sentence that is not known here stays English.
"""

import re
import sys
from typing import Any

import typer

from grader.language import N_, _, current
from grader.language.catalogue import KEY

FRAMES = N_(
    {
        "ARGUMENTS_PANEL_TITLE": "Arguments",
        "OPTIONS_PANEL_TITLE": "Options",
        "COMMANDS_PANEL_TITLE": "Commands",
        "ERRORS_PANEL_TITLE": "Error",
        "DEFAULT_STRING": "[default: {}]",
        "REQUIRED_LONG_STRING": "[required]",
        "RICH_HELP": "Try [blue]'{command_path} {help_option}'[/] for help.",
        "ABORTED_TEXT": "Aborted.",
    }
)
USAGE = N_("Usage: ")  # typer knows the line by it and colours it, so it is replaced after that
PLACES = N_({"options_metavar": "[OPTIONS]", "subcommand_metavar": "COMMAND [ARGS]..."})
ERRORS = N_(
    {
        r"No such option:? '?([^' ]+?)'?\.?": "There is no option {0}",
        r"No such option:? '?([^' ]+?)'?\.? (?:\(Possible options: (.+)\)|Did you mean (.+)\?)": (
            "There is no option {0}. Did you mean {1}?"
        ),
        r"No such command '(.+?)'\.(?: Did you mean (.+)\?)": "There is no command {0}. Did you mean {1}?",
        r"No such command '(.+)'\.": "There is no command {0}",
        r"Missing argument '(.+)'\.": "{0} is missing",
        r"Missing option '(.+)'\.": "The option {0} is missing",
        r"Missing command\.": "A command is missing",
        r"Option '(.+)' requires an argument\.": "The option {0} wants a value behind it",
        r"Option '(.+)' does not take a value\.": "The option {0} takes no value",
        r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)": "What else is this: {0}?",
        r"(?s)Invalid value for (.+?): (.+)": "{0} cannot be that: {1}",
    }
)
VALUES = N_(
    {
        r"(?:Value error, |Value )?(.+) is not one of (.+)\.": "{0} is none of {1}",
        r"(?:Value error, |Value )?(.+) is not a valid int(?:eger)?\.": "{0} is not a whole number",
        r"(?:Value error, |Value )?(.+) is not a valid float\.": "{0} is not a number",
        r"Input should be a valid integer.*": "it has to be a whole number",
        r"Input should be a valid number.*": "it has to be a number",
        r"Input should be greater than or equal to (.+)": "it has to be {0} or more",
        r"Input should be less than or equal to (.+)": "it has to be {0} or less",
        r"(.+) is not in the range (.+)\.": "{0} is not in the range {1}",
    }
)


def translate() -> None:
    """Have typer speak the present language from now on."""
    if current() == KEY:
        return
    from typer import rich_utils  # late: only who speaks another language needs it this early

    for name, text in FRAMES.items():
        if hasattr(rich_utils, name):
            setattr(rich_utils, name, _(text))
    made, marks = rich_utils._make_rich_text, rich_utils.highlighter

    def folded(**given: Any) -> Any:
        text: Any = made(**given)
        text.overflow = "fold"  # Chinese has no spaces to wrap at: without this, typer cuts it off
        return text

    def marked(text: Any) -> Any:
        found: Any = marks(text)
        if str(found).startswith(USAGE):
            found = found.__class__(_(USAGE), style="yellow").append_text(found[len(USAGE) :])
        return found

    rich_utils._make_rich_text, rich_utils.highlighter = folded, marked  # type: ignore[assignment]
    for error in vars(sys.modules[typer.BadParameter.__module__]).values():
        if isinstance(error, type) and "format_message" in vars(error):
            error.format_message = _translated(error.format_message)  # type: ignore[attr-defined]


def name_places(command: Any) -> None:
    """Translate what stands for options and commands in the line of usage."""
    for name, text in PLACES.items():
        if getattr(command, name, None) == text:
            setattr(command, name, _(text))


def said(message: str) -> str:
    """An error of typer's in the present language; as it is, where it is not known."""
    for pattern, text in {**ERRORS, **VALUES}.items():
        if found := re.fullmatch(pattern, message.strip()):
            parts = [said(part) for part in found.groups() if part is not None]
            return _(text).format(*parts)
    return message


def _translated(english: Any) -> Any:
    def format_message(error: Any) -> str:
        return said(english(error))

    return format_message
