"""How a picture becomes the network's input, and where in it the scores lie.

The lab squashes a picture to 572 x 572 and stretches the 560 x 560 scores over all of it, though they
belong to its inner 560 px. The two other ways are for measuring what that costs: an input whose scores are
as large as itself (576), and a picture with a mirrored frame, inside which the scores lie exactly.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
import torchvision.transforms.functional as TF
from PIL import Image
from torch import nn

from grader.errors import LabError
from solution.infer import predict_mask

LAB_SIZE = 572  # of the network's input in the lab
CELL = 16  # px of the input to one of the network's deepest level


@dataclass(frozen=True)
class Geometry:
    size: int = LAB_SIZE  # of the network's input, px
    mirrored: bool = False  # whether the picture fills the inner part only, within its mirror image

    def __post_init__(self) -> None:
        if self.size < 2 * CELL or (self.mirrored and (self.size - self.scores) % 2):
            raise LabError(
                f"--size {self.size}: an even number from {2 * CELL} on is needed, such as {LAB_SIZE}"
            )

    @property
    def scores(self) -> int:
        """The scores' height and width."""
        return CELL * (self.size // CELL)

    @property
    def picture(self) -> int:
        """The picture's height and width within the input."""
        return self.scores if self.mirrored else self.size

    def framed(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 3, picture, picture) -> (N, 3, size, size)."""
        margin = (self.size - self.picture) // 2
        return F.pad(x, (margin,) * 4, mode="reflect") if margin else x

    @torch.inference_mode()
    def predict(self, model: nn.Module, image: Image.Image) -> np.ndarray:
        """The mask, (H, W), 0 or 1: with the lab's own function where this is the lab's geometry."""
        if self == Geometry():
            return predict_mask(model, image)
        model.eval()
        small = TF.to_tensor(TF.resize(image.convert("RGB"), [self.picture, self.picture]))[None]
        scores = model(self.framed(small.to(next(model.parameters()).device)))
        scores = F.interpolate(scores, (image.height, image.width), mode="bilinear")
        return (scores[0, 0] > 0).cpu().numpy().astype(np.uint8)
