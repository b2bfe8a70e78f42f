"""Submissions that the checks of the extensions are tested against."""

from . import (
    mistakes_batchnorm_unet,
    mistakes_elastic,
    mistakes_find_the_bugs,
    mistakes_paper_unet,
    mistakes_train,
    mistakes_weight_map,
)
from .answers import ANSWERS
from .build import Answer, Mistake, build

MISTAKES = (
    *mistakes_paper_unet.MISTAKES,
    *mistakes_elastic.MISTAKES,
    *mistakes_weight_map.MISTAKES,
    *mistakes_batchnorm_unet.MISTAKES,
    *mistakes_find_the_bugs.MISTAKES,
    *mistakes_train.MISTAKES,
)

__all__ = ["ANSWERS", "MISTAKES", "Answer", "Mistake", "build"]
