"""Several TODOs wrong at once: each costs its own points and no others."""

from . import mistakes_blocks, mistakes_crop, mistakes_files, mistakes_forward, mistakes_infer
from .build import Mistake

SINGLE = {
    mistake.id: mistake
    for table in (mistakes_blocks, mistakes_crop, mistakes_forward, mistakes_infer, mistakes_files)
    for mistake in table.MISTAKES
}


def several(name: str, *ids: str) -> Mistake:
    parts = [SINGLE[i] for i in ids]
    todos = tuple(todo for part in parts for todo in part.todos)
    edits = tuple(edit for part in parts for edit in part.edits)
    return Mistake(name, todos, parts[0].cause, edits, also=tuple(part.cause for part in parts[1:]))


MISTAKES = (
    several("several-relu-and-order", "relu-second-missing", "cat-order"),
    several("several-corner-and-sigmoid", "crop-corner", "end-sigmoid", "threshold-side"),
    several("several-norm-and-pooled-skip", "batch-norm", "skip-after-pooling"),
    several("several-added-and-255", "cat-adds", "mask-255"),
    several("several-nothing-and-short-side", "end-nothing", "resize-short-side"),
    several(
        "several-everything", "in-channels-hard-coded", "cat-axis-2", "skip-levels-exchanged", "mask-bool"
    ),
    several("several-unfilled-and-syntax", "unfilled-crop", "end-features", "syntax-infer"),
)
