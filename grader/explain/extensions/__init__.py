"""Known mistakes in the extensions: for each extension a finder and its hints.

A finder here returns the mistake's word, or (word, facts for its hint), or None; the cause is
`<extension>.<word>`.
"""

from grader.explain.extensions import (
    batchnorm_unet,
    elastic,
    find_the_bugs,
    paper_unet,
    train,
    weight_map,
)

_ALL = (paper_unet, elastic, weight_map, batchnorm_unet, find_the_bugs, train)


def _naming(extension: str, find):
    """The finder, with its words made causes."""

    def find_cause(*asked):
        found = find(*asked)
        word, facts = found if isinstance(found, tuple) else (found, {})
        return (f"{extension}.{word}", facts) if word else None

    return find_cause


_NAMED = {one.__name__.rpartition(".")[2]: one for one in _ALL}
FINDERS = {name: _naming(name, one.find) for name, one in _NAMED.items()}
HINTS = {
    f"{name}.unfilled": "Replace the `raise` by your own lines; what goes there stands in the comment above it."
    for name in FINDERS
} | {cause: hint for one in _ALL for cause, hint in one.HINTS.items()}
HINTS["submission.part_missing"] = "The grader looks for {name} in {file}. Was it deleted or renamed?"
