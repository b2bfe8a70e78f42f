"""The mistakes of all TODOs."""

from . import (
    mistakes_blocks,
    mistakes_crop,
    mistakes_files,
    mistakes_forward,
    mistakes_infer,
    mistakes_several,
)
from .build import Mistake

MISTAKES: tuple[Mistake, ...] = (
    *mistakes_blocks.MISTAKES,
    *mistakes_crop.MISTAKES,
    *mistakes_forward.MISTAKES,
    *mistakes_infer.MISTAKES,
    *mistakes_files.MISTAKES,
    *mistakes_several.MISTAKES,
)
