"""Known mistakes in the extensions: for each a finder and its hints."""

from grader.explain.extensions import (
    batchnorm_unet,
    elastic,
    find_the_bugs,
    paper_unet,
    train,
    weight_map,
)

_ALL = (paper_unet, elastic, weight_map, batchnorm_unet, find_the_bugs, train)
FINDERS = {one.__name__.rpartition(".")[2]: one.find for one in _ALL}
HINTS = {
    f"{name}.unfilled": "Replace the `raise` by your own lines; what goes there stands in the comment above it."
    for name in FINDERS
} | {cause: hint for one in _ALL for cause, hint in one.HINTS.items()}
HINTS["submission.part_missing"] = "The grader looks for {name} in {file}. Was it deleted or renamed?"
