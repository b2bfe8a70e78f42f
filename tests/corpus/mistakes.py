"""The mistakes of all TODOs."""

from . import (
    mistakes_beginners,
    mistakes_blocks,
    mistakes_crop,
    mistakes_cuts,
    mistakes_files,
    mistakes_forward,
    mistakes_infer,
    mistakes_masks,
    mistakes_names,
    mistakes_pictures,
    mistakes_several,
    mistakes_wiring,
)
from .build import Mistake

MISTAKES: tuple[Mistake, ...] = (
    *mistakes_blocks.MISTAKES,
    *mistakes_names.MISTAKES,
    *mistakes_crop.MISTAKES,
    *mistakes_cuts.MISTAKES,
    *mistakes_forward.MISTAKES,
    *mistakes_wiring.MISTAKES,
    *mistakes_infer.MISTAKES,
    *mistakes_masks.MISTAKES,
    *mistakes_pictures.MISTAKES,
    *mistakes_files.MISTAKES,
    *mistakes_several.MISTAKES,
    *mistakes_beginners.MISTAKES,
)
