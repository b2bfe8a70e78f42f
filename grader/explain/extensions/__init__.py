"""Known mistakes in the extensions: for each extension a file with a finder and its hints.

A finder here returns the mistake's word, or (word, facts for its hint), or None; the cause is
`<extension>.<word>`. The files are those of grader/lab/extensions.py.
Not in here: the checks; those are rubric/extensions/.
"""

from collections.abc import Callable

from grader.explain.extensions.found import Found
from grader.implementations import Implementation
from grader.lab.extensions import modules
from grader.language import N_

Find = Callable[[Implementation, Implementation, str, BaseException], Found]
FindCause = Callable[
    [Implementation, Implementation, str, BaseException], "tuple[str, dict[str, object]] | None"
]


def _naming(extension: str, find: Find) -> FindCause:
    """The finder, with its words made causes."""

    def find_cause(
        student: Implementation, reference: Implementation, check: str, error: BaseException
    ) -> tuple[str, dict[str, object]] | None:
        found = find(student, reference, check, error)
        word, facts = found if isinstance(found, tuple) else (found, {})
        return (f"{extension}.{word}", dict(facts)) if word else None

    return find_cause


_FILES = modules(__name__)
FINDERS = {name: _naming(name, one.find) for name, one in _FILES.items()}
HINTS: dict[str, str] = (
    {
        f"{name}.unfilled": N_(
            "Replace the `raise` by your own lines; what goes there stands in the comment above it."
        )
        for name in _FILES
    }
    | {f"{name}.timeout": N_("This does not come to an end. Which loop has no way out?") for name in _FILES}
    | {cause: hint for one in _FILES.values() for cause, hint in one.HINTS.items()}
)
HINTS["submission.part_missing"] = N_("The grader looks for {name} in {file}. Was it deleted or renamed?")
