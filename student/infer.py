"""From a picture to the network's input, and from the network's scores to a mask.

Fill the places marked TODO 4, then run `python try.py --model model.pth`.
`plot_image_and_mask` at the end is given.
"""

import numpy as np
import torch
import torchvision.transforms.functional
from PIL import Image
from torch import nn

INPUT_SIZE = (572, 572)  # height and width of the network's input, as in figure 1


def preprocess(image: Image.Image) -> torch.Tensor:
    """A picture of any size and mode -> (1, 3, 572, 572), float32, RGB in [0, 1]."""
    # TODO 4: preprocess the picture. Convert it to RGB, resize it to INPUT_SIZE (both
    # sides, whatever its shape), turn it into a tensor in [0, 1] and add the batch axis.
    raise NotImplementedError("TODO 4: preprocess the picture")


def predict_mask(model: nn.Module, image: Image.Image, threshold: float = 0.5) -> np.ndarray:
    """The mask of the car: (H, W), uint8, 1 where the probability exceeds threshold, else 0.

    H and W are the picture's own height and width, not the network's.
    """
    # TODO 4: predict the mask. Put the model in evaluation mode, run it on the preprocessed
    # picture without gradients, interpolate its scores (bilinear) to the picture's own size,
    # and only then apply the sigmoid and the threshold. The model may be on a GPU.
    raise NotImplementedError("TODO 4: predict the mask")
