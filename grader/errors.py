"""The one exception that is shown to a person as a single line."""


class LabError(Exception):
    """Bad input or a broken set-up: the message says what is wrong and what to do.

    `try.py` and `python -m grader` print it after "error: " and exit with status 2.
    """
