"""The right answers of all TODOs, and those that an instructor may mark either way."""

from . import (
    answers_blocks,
    answers_crop,
    answers_files,
    answers_forward,
    answers_infer,
    answers_pictures,
)
from .build import Answer

ANSWERS: tuple[Answer, ...] = (
    *answers_blocks.ANSWERS,
    *answers_crop.ANSWERS,
    *answers_forward.ANSWERS,
    *answers_files.ANSWERS,
    *answers_infer.ANSWERS,
    *answers_pictures.ANSWERS,
)
DEBATABLE: tuple[Answer, ...] = (*answers_crop.DEBATABLE, *answers_infer.DEBATABLE)
