"""prediction.png: the mask that the student's network draws, and how good it is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from grader.compare import iou
from grader.lab.files import replacing
from grader.language import _
from grader.outputs import found

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Drawn:
    """What was drawn: the share of the picture that is car, and the agreement with the known mask."""

    mask: Mask
    share: float
    iou: float | None

    def said(self, car: Path) -> str:
        """In one line."""
        agreement = "" if self.iou is None else _("; IoU with the true mask {iou:.3f}").format(iou=self.iou)
        return found.said(self.share, car.name, agreement)


def draw(picture: Image.Image, mask: Mask, truth: Mask | None, output: Path) -> Drawn:
    """Write the picture with the mask, atomically. Raises LabError where it cannot be written."""
    from grader.pictures.panel import draw_panel  # late: only where there is something to draw

    panel = draw_panel(picture, mask, truth)
    with replacing(output) as part:
        panel.save(part, format=Image.registered_extensions()[output.suffix.lower()])
    return Drawn(mask, float(mask.mean()), None if truth is None else float(iou(mask, truth)))
